import Checkpoints
import Foundation
import Models

/// A dump of the seed model: its archive, what its header says, and our names for its tensors.
struct Dump {
  struct Configuration: Decodable {
    var embedding: Int
    var units: Int
    var sourceVocabulary: Int
    var targetVocabulary: Int
    var targetLength: Int
    var state: String

    enum CodingKeys: String, CodingKey {
      case embedding = "emb"
      case units
      case sourceVocabulary = "src_vocab"
      case targetVocabulary = "tgt_vocab"
      case targetLength = "tgt_len"
      case state
    }
  }

  let archive: SafetensorsArchive
  let configuration: Configuration

  init(_ path: String, format: String) throws {
    archive = try SafetensorsArchive(path: path)
    guard archive.metadata["format"] == format, let json = archive.metadata["config"] else {
      throw ModelError("\(path): not a dump of format \(format)")
    }
    configuration = try JSONDecoder().decode(Configuration.self, from: Data(json.utf8))
  }

  /// The tutorial's model in our words.
  var model: Seq2SeqConfiguration {
    var model = Seq2SeqConfiguration()
    model.sourceEmbeddingSize = configuration.embedding
    model.targetEmbeddingSize = configuration.embedding
    model.encoderUnits = configuration.units
    model.decoderUnits = configuration.units
    model.attentionUnits = configuration.units
    model.sourceVocabularySize = configuration.sourceVocabulary
    model.targetVocabularySize = configuration.targetVocabulary
    model.decoderState = configuration.state == "carry" ? .carried : .zeros
    model.masksSource = false
    return model
  }

  static let names = [
    "encoder.embedding.weight": "encoder.embedding.embeddings",
    "encoder.layers.0.forward.kernel": "encoder.gru.kernel",
    "encoder.layers.0.forward.recurrent_kernel": "encoder.gru.recurrent_kernel",
    "encoder.layers.0.forward.bias": "encoder.gru.bias",
    "attention.query.kernel": "attention.W1.kernel",
    "attention.query.bias": "attention.W1.bias",
    "attention.key.kernel": "attention.W2.kernel",
    "attention.key.bias": "attention.W2.bias",
    "attention.score.kernel": "attention.V.kernel",
    "attention.score.bias": "attention.V.bias",
    "decoder.embedding.weight": "decoder.embedding.embeddings",
    "decoder.layers.0.kernel": "decoder.gru.kernel",
    "decoder.layers.0.recurrent_kernel": "decoder.gru.recurrent_kernel",
    "decoder.layers.0.bias": "decoder.gru.bias",
    "output.kernel": "decoder.fc.kernel",
    "output.bias": "decoder.fc.bias",
  ]
}

extension SafetensorsArchive {
  /// Rows of ids; a vector is one row.
  func ids(_ name: String) throws -> [[Int]] {
    let shape = try info(of: name).shape
    let columns = shape.last ?? 0
    let numbers = try bytes(of: name).withUnsafeBytes { bytes in
      (0..<(bytes.count / 4)).map { Int(bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self)) }
    }
    return stride(from: 0, to: numbers.count, by: max(columns, 1)).map { Array(numbers[$0..<($0 + columns)]) }
  }
}

/// Seconds of each timed repetition.
func times(_ options: BenchOptions, _ work: () throws -> Void) rethrows -> [Double] {
  for _ in 0..<options.warmup { try work() }
  return try (0..<options.reps).map { _ in
    let clock = ContinuousClock()
    let elapsed = try clock.measure { try work() }
    return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
  }
}

/// The protocol's last line.
func report(_ seconds: [Double]) {
  print("{\"times_s\": [\(seconds.map { "\($0)" }.joined(separator: ", "))]}")
}
