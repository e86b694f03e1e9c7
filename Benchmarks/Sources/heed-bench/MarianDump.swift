import Autograd
import Checkpoints
import Foundation
import Layers
import Models
import Tensors

/// A dump of a Marian model under the names of `transformers.MarianMTModel`.
struct MarianDump {
  /// What the header says of the model; what it leaves out is the default of `transformers.MarianConfig`.
  private struct Header: Decodable {
    var encoderLayers: Int
    var decoderLayers: Int
    var heads: Int

    enum CodingKeys: String, CodingKey {
      case encoderLayers = "encoder_layers"
      case decoderLayers = "decoder_layers"
      case heads = "encoder_attention_heads"
    }

    init(from decoder: any Decoder) throws {
      let keys = try decoder.container(keyedBy: CodingKeys.self)
      encoderLayers = try keys.decodeIfPresent(Int.self, forKey: .encoderLayers) ?? 12
      decoderLayers = try keys.decodeIfPresent(Int.self, forKey: .decoderLayers) ?? 12
      heads = try keys.decodeIfPresent(Int.self, forKey: .heads) ?? 16
    }
  }

  let archive: SafetensorsArchive
  private let header: Header

  init(_ path: String) throws {
    archive = try SafetensorsArchive(path: path)
    guard archive.metadata["format"] == "marian-decode-1", let json = archive.metadata["config"] else {
      throw ModelError("\(path): not a dump of format marian-decode-1")
    }
    header = try JSONDecoder().decode(Header.self, from: Data(json.utf8))
  }

  func model() throws -> Transformer {
    var parameters = MarianParameters(archive: archive)
    return try Transformer(configuration(), &parameters)
  }

  private func configuration() throws -> TransformerConfiguration {
    let embedding = try archive.info(of: "model.shared.weight").shape
    var c = TransformerConfiguration()
    (c.sourceVocabularySize, c.targetVocabularySize, c.width) = (embedding[0], embedding[0], embedding[1])
    (c.encoderLayers, c.decoderLayers) = (header.encoderLayers, header.decoderLayers)
    c.heads = header.heads
    c.feedForwardWidth = try archive.info(of: "model.encoder.layers.0.fc1.weight").shape[0]
    (c.activation, c.normalization, c.normEpsilon, c.hasFinalNorm) = (.swish, .after, 1e-5, false)
    c.tiedEmbeddings = .all
    // The last id pads and starts, and is never produced.
    (c.padID, c.startID, c.endID) = (embedding[0] - 1, embedding[0] - 1, 0)
    c.suppressedTokens = [c.startID]
    if let problem = c.problem { throw ModelError("\(archive.file): \(problem)") }
    return c
  }
}

/// The dump's tensors under our names: its linear weights are `[out, in]`, ours `[in, out]`.
private struct MarianParameters: ParameterSource {
  let archive: SafetensorsArchive

  private static let parts = [
    "attention_norm": "self_attn_layer_norm", "cross_attention_norm": "encoder_attn_layer_norm",
    "feed_forward_norm": "final_layer_norm", "attention": "self_attn", "cross_attention": "encoder_attn",
    "query": "q_proj", "key": "k_proj", "value": "v_proj", "output": "out_proj", "inner": "fc1", "outer": "fc2",
    "kernel": "weight", "gamma": "weight", "beta": "bias",
  ]

  /// `encoder.layers.0.feed_forward.inner.kernel` is `model.encoder.layers.0.fc1.weight`.
  private func theirs(_ name: String) -> String {
    switch name {
    case "embedding.weight": "model.shared.weight"
    case "output.bias": "final_logits_bias"
    default:
      "model."
        + name.split(separator: ".").filter { $0 != "feed_forward" }.map { Self.parts[String($0)] ?? String($0) }
        .joined(separator: ".")
    }
  }

  mutating func weight(_ name: String, _ rows: Int, _ columns: Int, _ start: Initializer) throws -> Weight {
    if name == "embedding.weight" { return .stored(try archive.matrix(named: theirs(name))) }
    let tensor = try archive.tensor(named: theirs(name), shape: [columns, rows])
    let turned = tensor.reshaped([columns, rows, 1]).swappingFirstAxes().reshaped([rows, columns])
    return .stored(StoredMatrix(turned))
  }

  mutating func tensor(_ name: String, _ shape: Shape, _ start: Initializer) throws -> Variable {
    Variable(try archive.tensor(named: theirs(name)).reshaped(shape))
  }
}
