import Autograd
import Layers
import Tensors

/// Makes the layers of a functional model.
struct KerasFactory {
  /// Sizes of a layer's parameters by its name, from the checkpoint; see `KerasWeights`.
  let sizes: [String: [Int]]
  let isKeras3: Bool

  /// - Throws: `ModelError` for a class that is not computed here or a setting that changes its result.
  func make(_ layer: KerasGraph.Layer, _ source: inout some ParameterSource) throws -> any KerasLayer {
    let (name, s) = (layer.name, layer.settings)
    switch layer.className {
    case "Dropout", "SpatialDropout1D", "GaussianNoise", "GaussianDropout", "ActivityRegularization", "Identity":
      return KerasMap(name: name) { $0 }
    case "Dense": return try dense(name, s, &source)
    case "TimeDistributed":
      guard let inner = s.inner, inner.className == "Dense" else { throw refusal(layer, "around something but Dense") }
      return try dense(name, inner.settings, &source)
    case "Activation": return try activation(s.name("activation"), layer)
    case "ReLU": return try activation("relu", layer)
    case "Softmax": return try activation("softmax", layer)
    case "LayerNormalization": return try norm(name, s, &source)
    case "Embedding": return try embedding(name, s, &source)
    case "LSTM", "GRU", "Bidirectional": return try KerasRecurrent(layer, self, &source)
    case "MultiHeadAttention", "AdditiveAttention", "Attention": return try attention(layer, &source)
    case "TFOpLambda":
      let function = s.name("function") ?? ""
      guard let operation = KerasOperation(name: name, function: function) else {
        throw refusal(layer, "of '\(function)'")
      }
      return operation
    default:
      if let found = try merge(layer) ?? shape(layer) { return found }
      throw refusal(layer)
    }
  }

  func refusal(_ layer: KerasGraph.Layer, _ how: String = "") -> ModelError {
    let words = how.isEmpty ? "" : " \(how)"
    return ModelError(
      "the layer '\(layer.name)' is a \(layer.className)\(words), which this version of heed does not compute; heed "
        + "inspect shows the file's tensors")
  }

  func sizes(_ name: String, _ count: Int) throws -> [Int] {
    guard let sizes = sizes[name], sizes.count == count, sizes.allSatisfy({ $0 > 0 }) else {
      throw ModelError("the weights of the layer '\(name)' are missing or of another kind than its configuration says")
    }
    return sizes
  }

  private func activation(_ function: String?, _ layer: KerasGraph.Layer) throws -> any KerasLayer {
    guard let apply = KerasActivations.named(function) else {
      throw refusal(layer, "with the activation '\(function ?? "")'")
    }
    return KerasMap(name: layer.name) { apply($0) }
  }

  private func dense(_ name: String, _ s: KerasSettings, _ source: inout some ParameterSource) throws -> any KerasLayer
  {
    let size = try sizes(name, 2)
    let linear = try source.scoped(name) {
      try Linear(&$0, size[0], size[1], hasBias: s.flag("use_bias", default: true))
    }
    guard let apply = KerasActivations.named(s.name("activation")) else {
      throw ModelError(
        "the layer '\(name)' has the activation '\(s.name("activation") ?? "")', which this version of heed does not compute"
      )
    }
    return KerasMap(name: name) { x in
      try KerasShapes.require(x.shape.rank >= 1 && x.shape.columns == size[0], name)
      let y = linear(x.shape.rank == 1 ? x.reshaped([1, size[0]]) : x)
      return apply(x.shape.rank == 1 ? y.reshaped([size[1]]) : y)
    }
  }

  private func norm(_ name: String, _ s: KerasSettings, _ source: inout some ParameterSource) throws -> any KerasLayer {
    let width = try sizes(name, 1)[0]
    let norm = try source.scoped(name) {
      try LayerNorm(&$0, width: width, epsilon: s.float("epsilon", default: 1e-3))
    }
    return KerasMap(name: name) { x in
      try KerasShapes.require(x.shape.rank >= 1 && x.shape.columns == width, name)
      return norm(x)
    }
  }

  private func embedding(
    _ name: String, _ s: KerasSettings, _ source: inout some ParameterSource
  ) throws -> any KerasLayer {
    let size = try sizes(name, 2)
    let table = try source.scoped(name) { try Embedding(&$0, vocabulary: size[0], width: size[1]) }
    return KerasEmbedding(name: name, table: table, rows: size[0], masks: s.flag("mask_zero", default: false))
  }

  private func attention(_ layer: KerasGraph.Layer, _ source: inout some ParameterSource) throws -> any KerasLayer {
    let (name, s) = (layer.name, layer.settings)
    if layer.className == "MultiHeadAttention" {
      if s["sliding_window"]?.int != nil || s.flag("use_gate", default: false) {
        throw refusal(layer, "with a sliding window or a gate")
      }
      return try KerasMultiHead(name, sizes(name, 7), isKeras3: isKeras3, &source)
    }
    if let mode = s.name("score_mode"), mode != "dot" { throw refusal(layer, "with the score '\(mode)'") }
    let hasScale = s.flag("use_scale", default: layer.className == "AdditiveAttention")
    let scale = hasScale ? try source.tensor("\(name).scale", [try sizes(name, 1)[0]], .ones) : nil
    return KerasScoring(
      name: name, kind: layer.className == "Attention" ? .dot : .additive, scale: scale,
      isCausal: s.flag("causal", default: false))
  }

  private func merge(_ layer: KerasGraph.Layer) throws -> (any KerasLayer)? {
    let name = layer.name
    func pairwise(_ combine: @escaping (Variable, Variable) -> Variable, mean: Bool = false) -> KerasMerge {
      KerasMerge(name: name) { parts in
        try KerasShapes.require(parts.allSatisfy { $0.shape == parts[0].shape }, name)
        let sum = parts.dropFirst().reduce(parts[0], combine)
        return mean ? sum * (1 / Float(parts.count)) : sum
      }
    }
    switch layer.className {
    case "Add": return pairwise { $0 + $1 }
    case "Subtract": return pairwise { $0 - $1 }
    case "Multiply": return pairwise { $0 * $1 }
    case "Average": return pairwise({ $0 + $1 }, mean: true)
    case "Concatenate":
      let axis = layer.settings.int("axis") ?? -1
      return KerasMerge(name: name) { parts in
        let rank = parts[0].shape.rank
        try KerasShapes.require(rank >= 1 && parts.allSatisfy { $0.shape.rank == rank }, name)
        if axis == -1 || axis == rank {
          try KerasShapes.require(parts.allSatisfy { $0.shape.rows == parts[0].shape.rows }, name)
          let joined = Variable.concatenatingColumns(parts.map { $0.reshaped([$0.shape.rows, $0.shape.columns]) })
          return joined.reshaped(parts[0].shape.replacing(-1, with: joined.shape[1]))
        }
        try KerasShapes.require(axis == 1 && rank == 2 && parts.allSatisfy { $0.shape[1] == parts[0].shape[1] }, name)
        return .concatenatingRows(parts)
      }
    case "Dot": return try dot(layer)
    default: return nil
    }
  }

  /// `[S, 1]` weights with `[S, D]` states over time gives `[1, D]`.
  private func dot(_ layer: KerasGraph.Layer) throws -> any KerasLayer {
    let name = layer.name
    guard layer.settings.int("axes") == 1 || layer.settings["axes"]?.items?.compactMap(\.int) == [1, 1] else {
      throw refusal(layer, "over other axes than 1")
    }
    return KerasMerge(name: name) { parts in
      try KerasShapes.require(
        parts.count == 2 && parts.allSatisfy { $0.shape.rank == 2 } && parts[0].shape[0] == parts[1].shape[0], name)
      return parts[0].swappingFirstAxes().multiplied(by: .variable(parts[1]))
    }
  }

  private func shape(_ layer: KerasGraph.Layer) throws -> (any KerasLayer)? {
    let (name, s) = (layer.name, layer.settings)
    switch layer.className {
    case "Flatten": return KerasMap(name: name) { $0.reshaped([$0.shape.count]) }
    case "RepeatVector":
      guard let count = s.int("n"), (1...100_000).contains(count) else { throw refusal(layer, "without a count") }
      return KerasMap(name: name) { x in
        try KerasShapes.require(x.shape.rank == 1, name)
        return .concatenatingRows(Array(repeating: x.reshaped([1, x.shape[0]]), count: count))
      }
    case "Permute":
      guard s["dims"]?.items?.compactMap(\.int) == [2, 1] else { throw refusal(layer, "of more than two axes") }
      return KerasMap(name: name) { x in
        try KerasShapes.require(x.shape.rank == 2, name)
        return x.swappingFirstAxes()
      }
    case "Reshape":
      guard let wanted = s["target_shape"]?.items?.map(\.int) else { throw refusal(layer, "without a shape") }
      return KerasMap(name: name) { try KerasFactory.reshaped($0, wanted, name) }
    case "GlobalAveragePooling1D": return KerasPooling(name: name, isMaximum: false)
    case "GlobalMaxPooling1D", "GlobalMaxPool1D": return KerasPooling(name: name, isMaximum: true)
    default: return nil
    }
  }

  private static func reshaped(_ x: Variable, _ wanted: [Int?], _ name: String) throws -> Variable {
    var sizes = wanted.map { $0 ?? -1 }
    try KerasShapes.require(sizes.count <= Shape.maximumRank && sizes.allSatisfy { $0 == -1 || $0 > 0 }, name)
    let known = sizes.filter { $0 > 0 }.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    if let open = sizes.firstIndex(of: -1) {
      try KerasShapes.require(known > 0 && x.shape.count % known == 0, name)
      sizes[open] = x.shape.count / known
    }
    try KerasShapes.require(!sizes.contains(-1) && Shape(sizes).count == x.shape.count, name)
    return x.reshaped(Shape(sizes))
  }
}
