import Checkpoints

/// Finds the weights of a functional model's layers in the file that holds them.
struct KerasWeights {
  private(set) var map = ParameterMap()
  /// Sizes of each layer's weights: of a dense layer what it reads and gives, of an embedding rows and columns, of a
  /// recurrent layer what it reads and U, of a norm its width, of additive attention its scale's, of attention with many
  /// heads the widths of what asks, of keys' and values' rows, the heads, the widths of a key and a value, and the output.
  private(set) var sizes: [String: [Int]] = [:]

  /// - Parameters:
  ///   - tensors: of a whole model's `.h5` or of a SavedModel, whose groups are layers' names, or of a `.keras` archive,
  ///     whose groups are classes, numbered in the order of the layers.
  ///   - called: what a tensor is called, if not by its own name.
  init(_ graph: KerasGraph, _ tensors: [TensorInfo], called: (TensorInfo) -> String = \.name) {
    let isByName = tensors.contains { tensor in
      let name = called(tensor)
      return graph.layers.contains { name.hasPrefix($0.name + "/") } && !name.hasPrefix("layers/")
    }
    var counts: [String: Int] = [:]
    for layer in graph.layers {
      let word = Self.snake(layer.className)
      let number = counts[word, default: 0]
      counts[word] = number + 1
      let group = isByName ? layer.name + "/" : "layers/" + (number == 0 ? word : "\(word)_\(number)") + "/"
      let mine = tensors.filter { called($0).hasPrefix(group) }
      if !mine.isEmpty { add(layer, LayerTable(mine, called: called).layers) }
    }
  }

  /// - Parameter saved: what each layer, by its name, is known to hold.
  init(_ graph: KerasGraph, saved: [String: [SavedLayer]]) {
    for layer in graph.layers { if let found = saved[layer.name] { add(layer, found) } }
  }

  /// As Keras turns a class's name into that of a group.
  private static func snake(_ className: String) -> String {
    let letters = Array(className.filter { $0.isLetter || $0.isNumber || $0 == "_" })
    var word = ""
    for (index, letter) in letters.enumerated() {
      if index > 0, letter.isUppercase {
        let previous = letters[index - 1]
        let next = index + 1 < letters.count ? letters[index + 1] : " "
        if previous.isLowercase || next.isLowercase { word += "_" }
      }
      word += letter.lowercased()
    }
    return word
  }

  private mutating func add(_ layer: KerasGraph.Layer, _ saved: [SavedLayer]) {
    let name = layer.name
    switch layer.className {
    case "Dense", "TimeDistributed":
      guard let found = saved.first(where: { $0.kind == .dense || $0.kind == .table }) else { return }
      sizes[name] = [found.inputs, found.outputs]
      map.dense(name, found)
    case "Embedding":
      guard let found = saved.first(where: { $0.kind == .table }) else { return }
      sizes[name] = [found.rows, found.columns]
      map.table(name, found)
    case "LayerNormalization":
      guard let found = saved.first(where: { $0.kind == .norm }) else { return }
      sizes[name] = [found.width]
      map.norm(name, found)
    case "LSTM", "GRU", "Bidirectional":
      let cells = saved.filter { if case .recurrent = $0.kind { true } else { false } }
      let backward = cells.first { $0.mentions("backward") }
      guard let forward = cells.first(where: { $0.name != backward?.name }) else { return }
      sizes[name] = [forward.inputs, forward.units]
      map.recurrent("\(name).forward", forward)
      if let backward { map.recurrent("\(name).backward", backward) }
    case "AdditiveAttention", "Attention":
      guard let scale = saved.first?["kernel"], scale.shape.count <= 1 else { return }
      sizes[name] = [scale.shape.first ?? 1]
      map["\(name).scale"] = .reshaped(.stored(scale.name), [scale.shape.first ?? 1])
    case "MultiHeadAttention":
      guard let unit = AttentionUnit.all(in: saved).first, let query = unit.query["kernel"]?.shape,
        let key = unit.key["kernel"]?.shape, let value = unit.value["kernel"]?.shape,
        let output = unit.output["kernel"]?.shape, [query, key, value, output].allSatisfy({ $0.count == 3 })
      else { return }
      sizes[name] = [query[0], key[0], value[0], query[1], query[2], value[2], output[2]]
      map.attention(name, unit)
    default: break
    }
  }
}
