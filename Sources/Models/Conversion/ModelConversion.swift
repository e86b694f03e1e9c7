import Checkpoints
import Foundation
import Layers
import Tensors
import Text

/// A model, whoever saved it, on its way to a folder of heed's own: `config.json`, `model.safetensors` with our names,
/// tokenizers, and a card that says where it came from.
public struct ModelConversion {
  /// As what the numbers are written.
  public enum Precision: String, Sendable, CaseIterable {
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"

    var elementType: ElementType {
      switch self {
      case .float32: .float32
      case .float16: .float16
      case .bfloat16: .bfloat16
      }
    }
  }

  public let path: String
  public let architecture: String
  public let configuration: any ModelConfiguration
  /// What a person should know of how the model was read, a line each.
  public let notes: [String]
  let parameters: [RecordedParameter]
  let tokenizers: ConvertedTokenizers
  /// The folder that the model's other files lie in.
  let folder: URL

  /// Opens a model; its weights stay in their file.
  ///
  /// - Throws: `ModelError`, `CheckpointError` or `TokenizerError`, as `ModelFolder` does.
  public init(path: String, options: OpeningOptions = OpeningOptions()) throws {
    self.path = path
    let model = try ModelFolder(path: path, options: options)
    let place = OpeningPlace(path)
    folder = place.folder
    architecture = model.architecture
    configuration = model.configuration
    notes = model.notes
    parameters = try Self.parameters(model.configuration, place, options)
    tokenizers = ConvertedTokenizers(source: model.source, target: model.target, folder: place.folder)
  }

  private static func parameters(
    _ configuration: any ModelConfiguration, _ place: OpeningPlace, _ options: OpeningOptions
  ) throws -> [RecordedParameter] {
    func record<Model: ModelFamily>(
      _ configuration: Model.Configuration, as _: Model.Type, _ source: some ParameterSource
    ) throws -> [RecordedParameter] {
      var recorded = RecordedParameters(source)
      _ = try Model(configuration, &recorded)
      return recorded.records
    }
    func record(_ configuration: some ModelConfiguration, _ source: some ParameterSource) throws -> [RecordedParameter]
    {
      try record(configuration, as: type(of: configuration).Model.self, source)
    }
    if ModelFamilies.all.contains(where: { $0.modelType == place.modelType }) {
      return try record(
        configuration, ArchiveParameters(SafetensorsArchive(path: place.file("model.safetensors"))))
    }
    return try record(configuration, ForeignModel.open(place, options).parameters)
  }

  /// Numbers of the model altogether.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.shape.count } }

  /// Writes the folder: beside `output`, and in its place once all is on the disk.
  ///
  /// - Parameters:
  ///   - precision: of matrices; as they are stored if nil. What is no matrix is small and stays `Float32`.
  ///   - replaces: puts the folder in the place of a model folder that is there.
  /// - Throws: `ModelError` for a folder that is there, `CheckpointError` for numbers that do not fit the precision or a
  ///   disk that refuses.
  public func write(to output: String, precision: Precision? = nil, replaces: Bool = false) throws {
    try FolderReplacement.replace(output, allowed: replaces, besides: folder) { partial in
      func file(_ name: String) -> String { partial + "/" + name }
      try AtomicFile.write(configuration.json(), to: file("config.json"))
      try writeWeights(to: file("model.safetensors"), precision)
      let (written, missing) = try tokenizers.write(to: partial)
      let card = card(precision, tokenizers: written, without: missing)
      try AtomicFile.write(card.utf8, to: file("README.md"))
    }
  }

  private func writeWeights(to path: String, _ precision: Precision?) throws {
    var writer = SafetensorsWriter(metadata: ["format": "pt"])
    for parameter in parameters {
      let isMatrix = parameter.shape.dimensions.count == 2
      let type = isMatrix ? precision?.elementType ?? parameter.elementType : .float32
      try writer.add(parameter.name, shape: parameter.shape, as: type) { parameter.tensor() }
    }
    try writer.write(to: path)
  }

  private func card(_ precision: Precision?, tokenizers: [String], without missing: [String]) -> String {
    let types = Set(parameters.map(\.elementType.rawValue)).sorted().joined(separator: " and ")
    var lines = [
      "# \(folder.lastPathComponent)", "",
      "Converted by `heed convert` from a model that heed knows as `\(architecture)`.", "",
      "| | |", "|---|---|",
      "| from | `\(printable(path, limit: 1000))` |", "| model | \(configuration.summary) |",
      "| parameters | \(parameterCount) |",
      "| stored as | \(precision?.rawValue ?? "\(types), as in the file it came from") |",
      "| tokenizers | \(tokenizers.isEmpty ? "none: ids are typed and shown" : tokenizers.joined(separator: ", ")) |",
      "",
      "Decoding, attention and scores are those of the original as heed reads it. Data, licence and quality are the "
        + "original's: see its own card.",
    ]
    if !notes.isEmpty || !missing.isEmpty { lines += ["", "## Notes", ""] + (notes + missing).map { "- \($0)" } }
    return lines.joined(separator: "\n") + "\n"
  }
}
