import Checkpoints
import Foundation
import Text

/// A checkpoint of any format without a configuration that Transformers or heed would write: what it holds is told by
/// the names and shapes of its tensors.
struct RecognisedCheckpoint: ForeignOpener {
  static func recognises(_ place: OpeningPlace) -> Bool { place.modelType == nil && place.config == nil }

  static func open(_ place: OpeningPlace, _ options: OpeningOptions) throws -> ForeignModel {
    let pair = EncoderDecoderPair(path: place.path)
    let archive: any TensorArchive =
      if let pair { try Checkpoint(pair, file: place.path) } else { try place.openedCheckpoint() }
    if CTranslate2Folder.isHeld(in: archive) {
      return try CTranslate2Folder.model(place, archive, path: place.path, options)
    }
    var facts = RecognitionFacts(file: place.path, options: options)
    facts.source = try vocabulary(options.sourceVocabulary, "source")
    facts.target = try vocabulary(options.targetVocabulary, "target")
    facts.kerasVersion = archive.metadata["keras_version"]
    let found = try recognition(archive, &facts)
    var model = ForeignModel(found.configuration, MappedParameters(archive, found.map))
    model.architecture = found.architecture
    model.source = try fitting(facts.source, found.configuration.sourceVocabularySize, options.sourceVocabulary)
    model.target = try fitting(facts.target, found.configuration.targetVocabularySize, options.targetVocabulary)
    model.notes = found.notes
    if let pair { model.notes.insert("encoder from \(pair.encoder), decoder from \(pair.decoder)", at: 0) }
    return model
  }

  /// By a Keras configuration if the file has one that says what the model is, else by names and shapes.
  private static func recognition(_ archive: any TensorArchive, _ facts: inout RecognitionFacts) throws -> Recognition {
    let functional = KerasOpening.functional(archive)
    if let functional { (facts.sourceLength, facts.targetLength) = KerasOpening.lengths(functional) }
    let byShape = Result { [facts] in try Recognition(archive.tensors, facts) }
    if case .success(let found) = byShape, found.configuration is RepeatAttentionConfiguration { return found }
    guard let functional else { return try byShape.get() }
    return try KerasOpening.recognise(functional, archive, facts)
  }

  /// The words of one side, from the file that a person named.
  static func vocabulary(_ path: String?, _ side: String) throws -> Tokenizer? {
    try path.map { path in
      guard PickledWords.isPickle(path: path) else {
        return try Tokenizer.vocabulary(URL(fileURLWithPath: path), side: side)
      }
      return try Tokenizer(words: PickledWords.read(path: path, isTarget: side == "target"), file: path)
    }
  }

  private static func fitting(_ tokenizer: Tokenizer?, _ size: Int, _ path: String?) throws -> Tokenizer? {
    guard let tokenizer, tokenizer.vocabularySize > size else { return tokenizer }
    throw ModelError(
      "\(path ?? ""): has \(tokenizer.vocabularySize) words, but the model's embedding \(size) rows; they are not of the "
        + "same training")
  }
}
