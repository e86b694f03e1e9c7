import ArgumentParser
import Checkpoints
import Foundation
import Layers
import Tensors

/// A folder as Transformers saves a Marian model, with numbers that nobody trained; by default of OPUS-MT's base size.
struct MarianFolder: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a Marian model of made-up weights, by default of OPUS-MT's base size (about 300 MB), for opening."
  )

  @Argument(help: "The new folder.") var folder: String

  @Option(help: "F32, F16 or BF16.") var type = "F32"

  @Option(help: "Tokens of the vocabulary.") var vocabulary = 58_101

  @Option(help: "Width of the model; four times as wide inside, heads of 64.") var width = 512

  @Option(help: "Layers of the encoder, and of the decoder.") var layers = 6

  func validate() throws {
    if ElementType(rawValue: type) == nil { throw ValidationError("--type is F32, F16 or BF16") }
    if vocabulary < 3 || width < 64 || width % 64 != 0 || layers < 1 {
      throw ValidationError("a vocabulary has 3 tokens at least, a width is a multiple of 64")
    }
  }

  func run() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let config: [String: Any] = [
      "model_type": "marian", "d_model": width, "vocab_size": vocabulary, "decoder_vocab_size": vocabulary,
      "encoder_layers": layers, "decoder_layers": layers, "encoder_attention_heads": width / 64,
      "decoder_attention_heads": width / 64, "encoder_ffn_dim": 4 * width, "decoder_ffn_dim": 4 * width,
      "activation_function": "swish", "scale_embedding": true, "max_position_embeddings": 512,
      "pad_token_id": vocabulary - 1, "decoder_start_token_id": vocabulary - 1, "eos_token_id": 0,
      "bad_words_ids": [[vocabulary - 1]], "is_encoder_decoder": true,
    ]
    try AtomicFile.write(
      JSONSerialization.data(withJSONObject: config, options: [.prettyPrinted, .sortedKeys]),
      to: folder + "/config.json")
    try weights().write(to: folder + "/model.safetensors")
  }

  private func weights() throws -> SafetensorsWriter {
    var writer = SafetensorsWriter(metadata: ["format": "pt"])
    var seed: UInt64 = 0
    func add(_ name: String, _ shape: Shape, scale: Float, around: Float = 0) throws {
      seed += 1
      let seed = seed
      try writer.add(name, shape: shape, as: ElementType(rawValue: type) ?? .float32) {
        var random = Randomness(seed: seed)
        return Tensor(shape) { numbers in
          for place in 0..<shape.count { numbers[place] = around + scale * (2 * random.uniform() - 1) }
        }
      }
    }
    func linear(_ name: String, _ inputs: Int, _ outputs: Int) throws {
      try add(name + ".weight", [outputs, inputs], scale: 1.7 / Float(inputs).squareRoot())
      try add(name + ".bias", [outputs], scale: 0.1)
    }
    func norm(_ name: String) throws {
      try add(name + ".weight", [width], scale: 0.1, around: 1)
      try add(name + ".bias", [width], scale: 0.1)
    }
    try add("model.shared.weight", [vocabulary, width], scale: 0.05)
    try add("final_logits_bias", [1, vocabulary], scale: 0.1)
    for stack in ["encoder", "decoder"] {
      for layer in 0..<layers {
        let place = "model.\(stack).layers.\(layer)."
        for attention in stack == "encoder" ? ["self_attn"] : ["self_attn", "encoder_attn"] {
          for part in ["q", "k", "v", "out"] { try linear("\(place)\(attention).\(part)_proj", width, width) }
          try norm("\(place)\(attention)_layer_norm")
        }
        try linear(place + "fc1", width, 4 * width)
        try linear(place + "fc2", 4 * width, width)
        try norm(place + "final_layer_norm")
      }
    }
    return writer
  }
}
