import Checkpoints
import Text

/// A model that others have saved, understood: enough to make one of ours from it.
public struct ForeignModel {
  public var configuration: any ModelConfiguration
  public var parameters: MappedParameters
  /// Under which its makers know it, e.g. `marian`.
  public var architecture = ""
  /// Nil where the files have none: then sources are given and targets shown as ids.
  public var source: Tokenizer?
  public var target: Tokenizer?
  /// What a person should know of how it was read, a line each.
  public var notes: [String] = []

  public init(_ configuration: any ModelConfiguration, _ parameters: MappedParameters) {
    self.configuration = configuration
    self.parameters = parameters
  }
}

/// A way of saving models: told by what lies in a place, and read from there.
protocol ForeignOpener: SendableMetatype {
  /// Whether the place holds such a model, told without reading weights.
  static func recognises(_ place: OpeningPlace) -> Bool
  /// - Throws: one line that names the file, and the flag if there is one that would help.
  static func open(_ place: OpeningPlace, _ options: OpeningOptions) throws -> ForeignModel
}

/// Every way of saving models that can be read, tried in this order; a new one is a new folder and a line here.
let foreignOpeners: [any ForeignOpener.Type] = [
  HuggingFaceFolder.self, CTranslate2Folder.self, RecognisedCheckpoint.self,
]

extension ForeignModel {
  /// Finds out who saved the model, and reads it.
  ///
  /// - Throws: one line that names the file and says what to do.
  static func open(_ place: OpeningPlace, _ options: OpeningOptions) throws -> ForeignModel {
    if let opener = foreignOpeners.first(where: { $0.recognises(place) }) {
      var model = try opener.open(place, options)
      model.configuration.text.hasSpareRows = model.hasSpareRows
      return model
    }
    if let type = place.modelType {
      let known = ModelFamilies.all.map { $0.modelType } + HuggingFaceFolder.architectures.keys.sorted()
      throw ModelError(
        "\(place.file("config.json")): model_type is '\(type)'; this version of heed opens "
          + known.map { "'\($0)'" }.joined(separator: ", ") + "; heed inspect shows the tensors of any")
    }
    if let config = place.config, (try? ForeignConfiguration.members(config)) == nil {
      throw ModelError("\(place.file("config.json")): not a JSON object; a model's config.json is needed here")
    }
    let checkpoint = try place.openedCheckpoint()
    throw ModelError(
      "\(place.path): this version of heed recognises no architecture in the \(checkpoint.tensors.count) tensors of "
        + "this \(checkpoint.format.rawValue) file without a config.json; heed inspect shows them")
  }
}

extension ForeignModel {
  /// Whether a vocabulary has fewer tokens than its embedding has rows.
  private var hasSpareRows: Bool {
    let sides = [(source, configuration.sourceVocabularySize), (target, configuration.targetVocabularySize)]
    return sides.contains { tokenizer, rows in tokenizer.map { $0.vocabularySize < rows } ?? false }
  }
}

extension OpeningPlace {
  /// The weights that lie here.
  ///
  /// - Throws: `CheckpointError`, or `ModelError` for a folder that holds none.
  func openedCheckpoint() throws -> Checkpoint {
    do {
      return try Checkpoint(path: checkpoint)
    } catch {
      guard isFolder, error.rule == .ambiguousFolder([]) else { throw error }
      throw ModelError("\(file("config.json")): cannot be read; a model folder holds config.json and model.safetensors")
    }
  }
}
