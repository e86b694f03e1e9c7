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
  private let parameters: [RecordedParameter]
  private let tokenizerFiles: [(name: String, data: Data)]
  /// The folder that the model's files lie in.
  private let folder: URL

  /// Opens a model; its weights stay in their file.
  ///
  /// - Parameter options: what a person says of a model whose files leave it open.
  /// - Throws: `ModelError`, `CheckpointError` or `TokenizerError`, as `ModelFolder` does.
  public init(path: String, options: OpeningOptions = OpeningOptions()) throws {
    let found = try FoundModel(path: path, options: options)
    self.path = path
    (architecture, configuration, notes) = (found.architecture, found.configuration, found.notes)
    folder = found.place.folder
    parameters = try Self.records(found.configuration, found.parameters)
    tokenizerFiles = try Tokenizer.files(source: found.source, target: found.target)
    try found.remember()
  }

  private static func records(
    _ configuration: some ModelConfiguration, _ source: some CheckedParameters
  ) throws -> [RecordedParameter] {
    func record<Model: ModelFamily>(_ configuration: Model.Configuration, as _: Model.Type) throws
      -> [RecordedParameter]
    {
      var recorded = RecordedParameters(source)
      _ = try Model(configuration, &recorded)
      try recorded.requireAllUsed()
      return recorded.records
    }
    return try record(configuration, as: type(of: configuration).Model.self)
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
      for (name, data) in tokenizerFiles { try AtomicFile.write(data, to: file(name)) }
      try AtomicFile.write(card(precision).utf8, to: file("README.md"))
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

  private func card(_ precision: Precision?) -> String {
    let tokenizers = tokenizerFiles.map { "`\($0.name)`" }
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
    if !notes.isEmpty { lines += ["", "## Notes", ""] + notes.map { "- \($0)" } }
    return lines.joined(separator: "\n") + "\n"
  }
}
