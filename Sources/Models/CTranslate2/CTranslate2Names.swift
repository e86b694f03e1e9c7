import Checkpoints

/// The names of a CTranslate2 file's variables, under those of its current version.
struct CTranslate2Names {
  /// From the current name to the file's.
  private var stored: [String: String] = [:]
  /// From a name to the one whose numbers it shares.
  private var originals: [String: String] = [:]

  init(_ archive: any TensorArchive) {
    for tensor in archive.tensors {
      let name = Self.current(tensor.name)
      stored[name] = tensor.name
      if let original = tensor.label { originals[name] = Self.current(original) }
    }
  }

  /// What the file calls a variable; nil if it has none of this name.
  subscript(name: String) -> String? { stored[name] }

  /// Whether two names stand for the same numbers.
  func areOne(_ one: String, _ other: String) -> Bool {
    stored[one] != nil && (originals[one] ?? one) == (originals[other] ?? other)
  }

  /// What the file calls the scale of a variable's integers; a second name of the variable shares it.
  func scale(of name: String) -> String? { stored[name + "_scale"] ?? stored[(originals[name] ?? name) + "_scale"] }

  var all: [String] { stored.keys.sorted() }

  /// Whether there is a Transformer with encoder and decoder among them.
  var holdsTransformer: Bool {
    ["encoder/layer_0", "decoder/layer_0"].allSatisfy { stored[$0 + "/self_attention/linear_0/weight"] != nil }
  }

  /// How many layers of a stack there are, one after the other.
  func layers(_ stack: String) -> Int {
    var count = 0
    while stored["\(stack)/layer_\(count)/ffn/linear_0/weight"] != nil { count += 1 }
    return count
  }

  /// The first version kept the names of OpenNMT-tf's graph, and the second had one embedding for the encoder.
  private static func current(_ name: String) -> String {
    var parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    if parts.first == "transformer", parts.last?.hasSuffix(":0") == true { parts = fromGraph(parts) }
    if parts.count > 1, parts[0] == "encoder", parts[1] == "embeddings" { parts[1] = "embeddings_0" }
    return parts.joined(separator: "/")
  }

  private static func fromGraph(_ parts: [String]) -> [String] {
    var parts = Array(parts.dropFirst())
    if let last = parts.last { parts[parts.count - 1] = String(last.dropLast(2)) }
    let words = [
      "LayerNorm": "layer_norm", "kernel": "weight", "dense": "projection", "conv1d": "linear_0",
      "conv1d_1": "linear_1",
      "conv1d_2": "linear_2", "masked_multi_head": "self_attention",
      "multi_head": parts.first == "encoder" ? "self_attention" : "attention",
    ]
    return parts.flatMap { $0 == "w_embs" ? ["embeddings", "weight"] : [words[$0] ?? $0] }
  }
}
