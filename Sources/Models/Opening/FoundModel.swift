import Checkpoints
import Foundation
import Text

/// A model of anybody's, found and understood: all that it takes to make it, or to write it elsewhere.
struct FoundModel {
  /// Of heed's own folder, or what a person gave.
  let path: String
  /// What a person calls it: the folder's name, or that of a run and how far it had come.
  let name: String
  /// Under which its makers know it.
  let architecture: String
  let configuration: any ModelConfiguration
  let parameters: any CheckedParameters
  let source: Tokenizer?
  let target: Tokenizer?
  /// What a person should know of how it was read, a line each.
  let notes: [String]
  let place: OpeningPlace
  private let options: OpeningOptions

  /// Finds what lies at a path; see `ModelFolder`.
  ///
  /// - Throws: `ModelError`, `CheckpointError` or `TokenizerError`, each one line that names the file.
  init(path: String, options: OpeningOptions) throws {
    let snapshot = SnapshotFolder(path: path)
    let place = OpeningPlace(snapshot?.run.path ?? path)
    self.place = place
    if snapshot != nil, place.config == nil {
      throw ModelError(
        "\(place.file("config.json")): cannot be read, so its snapshots cannot be opened; "
          + "heed train RECIPE --resume writes it")
    }
    if let json = place.config, let family = ModelFamilies.all.first(where: { $0.modelType == place.modelType }) {
      self.path = place.isFolder ? path : place.folder.path
      name = snapshot?.name ?? URL(fileURLWithPath: self.path).standardizedFileURL.lastPathComponent
      architecture = family.modelType
      configuration = try family.init(json: json, file: place.file("config.json"))
      parameters = try Self.parameters(snapshot, in: place.file("model.safetensors"))
      source = try Self.tokenizer(place.folder, .source, size: configuration.sourceVocabularySize, configuration)
      target = try Self.tokenizer(place.folder, .target, size: configuration.targetVocabularySize, configuration)
      notes = []
      self.options = OpeningOptions()
    } else {
      self.options = try options.filled(from: place)
      let foreign = try ForeignModel.open(place, self.options)
      self.path = path
      name = URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
      architecture = foreign.architecture
      configuration = foreign.configuration
      if let problem = configuration.problem { throw ModelError("\(path): \(problem)") }
      parameters = foreign.parameters
      (source, target, notes) = (foreign.source, foreign.target, foreign.notes)
    }
  }

  /// Writes down what a person said of somebody else's model, if they asked for that.
  ///
  /// - Throws: `CheckpointError` where the file cannot be written.
  func remember() throws {
    if options.isRemembered { try options.remember(at: place) }
  }

  /// Of a snapshot those that its run validates and ships: the running average where there is one.
  private static func parameters(_ snapshot: SnapshotFolder?, in file: String) throws -> ArchiveParameters {
    guard let snapshot else { return ArchiveParameters(try SafetensorsArchive(path: file)) }
    let archive = try SafetensorsArchive(path: snapshot.weights.path)
    let prefix = ["average.", "parameters."].first { prefix in
      archive.tensors.contains { $0.name.hasPrefix(prefix) }
    }
    return ArchiveParameters(archive, prefix: prefix ?? "")
  }

  private static func tokenizer(
    _ folder: URL, _ side: Tokenizer.Side, size: Int, _ configuration: any ModelConfiguration
  ) throws -> Tokenizer? {
    guard let tokenizer = try Tokenizer.inFolder(folder, side: side) else { return nil }
    let fits = tokenizer.vocabularySize == size || (configuration.hasSpareRows && tokenizer.vocabularySize < size)
    guard fits else {
      throw ModelError(
        "\(folder.path): the \(side.rawValue) vocabulary has \(tokenizer.vocabularySize) tokens, but config.json says "
          + "\(side.rawValue)_vocabulary_size \(size); the two must come from the same training")
    }
    return tokenizer
  }
}
