import Checkpoints

/// The layers of TensorFlow's Transformer tutorial where a file tells no more of them than their order.
///
/// Keras 3 leaves lists of layers out of the object graph of `tf.train.Checkpoint`, so that `enc_layers` and `dec_layers`
/// are found as the optimizer's `_trainable_variables/17` alone; the `.h5` of Keras 2 calls the projections of the older
/// form `dense`, `dense_1` and so on, and puts the feed-forward part elsewhere. In both, variables stand in the order in
/// which the program made them. A stack is taken for one only where all its layers are alike.
struct OrderedTransformer {
  private typealias Variable = (role: String, info: TensorInfo)

  /// Nil for variables that do not make up both stacks.
  ///
  /// - Parameter table: what names say, which holds the embeddings and the output.
  static func table(_ tensors: [TensorInfo], _ table: LayerTable) -> LayerTable? {
    let sides = counted(tensors) ?? grouped(tensors)
    guard let encoder = stack(layers(sides.encoder), side: "encoder"),
      let decoder = stack(layers(sides.decoder), side: "decoder")
    else { return nil }
    let taken = Set((encoder + decoder).flatMap { $0.tensors.values.map(\.name) })
    let others = table.layers.filter { layer in !layer.tensors.values.contains { taken.contains($0.name) } }
    return LayerTable(layers: encoder + decoder + others, ignored: table.ignored)
  }

  /// Variables that an optimizer counts; those that the graph names are missing among them, such as the decoder's
  /// embedding, which comes between the stacks.
  private static func counted(_ tensors: [TensorInfo]) -> (encoder: [Variable], decoder: [Variable])? {
    let numbered = tensors.compactMap { tensor -> (number: Int, variable: Variable)? in
      let parts = tensor.name.split(separator: "/")
      guard parts.count > 1, parts[parts.count - 2].hasSuffix("trainable_variables"), let last = parts.last,
        let number = Int(last)
      else { return nil }
      return (number, (role(tensor), tensor))
    }.sorted { $0.number < $1.number }
    var runs: [[Variable]] = []
    for (index, entry) in numbered.enumerated() {
      if index == 0 || numbered[index - 1].number + 1 != entry.number { runs.append([]) }
      runs[runs.count - 1].append(entry.variable)
    }
    return runs.count == 2 ? (runs[0], runs[1]) : nil
  }

  /// Variables in groups that are called after the encoder and the decoder, without the embeddings.
  private static func grouped(_ tensors: [TensorInfo]) -> (encoder: [Variable], decoder: [Variable]) {
    func side(_ name: String) -> [Variable] {
      tensors.filter { $0.name.lowercased().hasPrefix(name) }.map { (role($0), $0) }.filter { $0.role != "embeddings" }
    }
    return (side("encoder"), side("decoder"))
  }

  /// `kernel`, `bias`, `gamma` or `beta`: what Keras calls a variable.
  private static func role(_ tensor: TensorInfo) -> String {
    let last = (tensor.label ?? tensor.name).split(separator: "/").last.map(String.init) ?? ""
    return last.hasSuffix(":0") ? String(last.dropLast(2)) : last
  }

  /// Dense layers, projections of heads, and norms, each begun by its first variable.
  private static func layers(_ variables: [Variable]) -> [SavedLayer] {
    var layers: [SavedLayer] = []
    for (role, info) in variables {
      switch role {
      case "kernel":
        layers.append(SavedLayer(path: [], kind: info.shape.count == 3 ? .heads : .dense, tensors: ["kernel": info]))
      case "gamma": layers.append(SavedLayer(path: [], kind: .norm, tensors: ["gain": info]))
      case "bias" where !layers.isEmpty: layers[layers.count - 1].tensors["bias"] = info
      case "beta" where !layers.isEmpty: layers[layers.count - 1].tensors["shift"] = info
      default: return []
      }
    }
    return layers
  }

  /// What the parts of one layer are called, in the order in which the tutorial makes them.
  private static func forms(side: String) -> [[String]] {
    func attention(_ name: String) -> [String] { ["wq", "wk", "wv", "dense"].map { "\(name)/\($0)" } }
    func heads(_ name: String) -> [String] {
      ["query", "key", "value", "attention_output"].map { "\(name)/mha/\($0)" } + ["\(name)/layernorm"]
    }
    let newer = ["ffn/seq/0", "ffn/seq/1", "ffn/layer_norm"]
    guard side == "decoder" else {
      return [
        attention("mha") + ["ffn/0", "ffn/1", "layernorm1", "layernorm2"], heads("self_attention") + newer,
      ]
    }
    return [
      attention("mha1") + attention("mha2") + ["ffn/0", "ffn/1", "layernorm1", "layernorm2", "layernorm3"],
      heads("causal_self_attention") + heads("cross_attention") + newer,
    ]
  }

  /// The layers of a stack under the paths that they have in the tutorial; nil unless all are of one form.
  private static func stack(_ layers: [SavedLayer], side: String) -> [SavedLayer]? {
    for form in forms(side: side) where !layers.isEmpty && layers.count.isMultiple(of: form.count) {
      let isAlike = layers.indices.allSatisfy { index in
        let first = layers[index % form.count]
        return layers[index].kind == first.kind && layers[index]["kernel"]?.shape == first["kernel"]?.shape
          && (layers[index].kind == .norm) == form[index % form.count].contains("norm")
          && (layers[index].kind == .heads) == form[index % form.count].contains("/mha/")
      }
      guard isAlike else { continue }
      return layers.enumerated().map { index, layer in
        var layer = layer
        layer.path =
          [side, "\(side.prefix(3))_layers", "\(index / form.count)"]
          + form[index % form.count].split(separator: "/").map(String.init)
        return layer
      }
    }
    return nil
  }
}
