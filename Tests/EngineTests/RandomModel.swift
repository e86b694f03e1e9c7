import Checkpoints
import Foundation
import Layers
import Models
import Text

/// A folder with a model of random weights and a few words, removed with the value.
final class RandomModel {
  let path: String

  /// - Parameters:
  ///   - example: what `example.txt` says, if there is to be one.
  ///   - seed: of the weights.
  init(example: String? = nil, seed: UInt64 = 7) throws {
    path = FileManager.default.temporaryDirectory.appending(path: "heed-\(UUID().uuidString)/random").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let source = try Tokenizer.train(
      on: ["the green apple is good ."], recipe: TokenizerRecipe(kind: .word, size: 100))
    let target = try Tokenizer.train(
      on: ["la pomme verte est bonne ."], recipe: TokenizerRecipe(kind: .word, size: 100))
    var configuration = Seq2SeqConfiguration()
    configuration.attentionUnits = 4
    configuration.sourceEmbeddingSize = 3
    configuration.targetEmbeddingSize = 5
    configuration.encoderUnits = 6
    configuration.decoderUnits = 6
    configuration.sourceVocabularySize = source.vocabularySize
    configuration.targetVocabularySize = target.vocabularySize
    configuration.maximumTargetLength = 7
    var writer = SafetensorsWriter()
    let parameters = try Seq2Seq.initialParameters(configuration, seed: seed)
    for name in parameters.names {
      if let tensor = parameters[name] { try writer.add(name, tensor) }
    }
    try writer.write(to: path + "/model.safetensors")
    try AtomicFile.write(configuration.json(), to: path + "/config.json")
    try AtomicFile.write(source.json(), to: path + "/source.tokenizer.json")
    try AtomicFile.write(target.json(), to: path + "/target.tokenizer.json")
    if let example { try AtomicFile.write("\(example)\nnot this\n".utf8, to: path + "/example.txt") }
  }

  deinit { try? FileManager.default.removeItem(atPath: URL(filePath: path).deletingLastPathComponent().path) }
}
