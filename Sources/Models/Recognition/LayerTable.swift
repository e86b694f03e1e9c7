import Checkpoints

/// The layers of a checkpoint that says nothing but names and shapes.
struct LayerTable {
  private(set) var layers: [SavedLayer] = []
  /// Names of tensors that are no parameters of a model: an optimizer's, counters.
  private(set) var ignored: Set<String> = []

  init(layers: [SavedLayer], ignored: Set<String>) {
    self.layers = layers
    self.ignored = ignored
  }

  /// - Parameter called: what a tensor is called, `LAYER/…/VARIABLE`, for the layers' paths.
  init(_ tensors: [TensorInfo], called: (TensorInfo) -> String = name) {
    var order: [[String]] = []
    var groups: [[String]: [String: TensorInfo]] = [:]
    for tensor in tensors {
      guard tensor.type.isFloatingPoint, let name = SavedName(called(tensor)) else {
        ignored.insert(tensor.name)
        continue
      }
      let (path, leaf) = Self.place(name)
      if groups[path] == nil { order.append(path) }
      groups[path, default: [:]][leaf] = tensor
    }
    let found = order.flatMap { path in Self.layers(path, groups[path] ?? [:]) }
    layers = Self.withoutCommonPrefix(found)
  }

  /// What the program calls a variable; where a SavedModel only counts them (`decoder/variables/3`), what Keras does.
  private static func name(_ tensor: TensorInfo) -> String {
    let parts = tensor.name.split(separator: "/")
    let isCounted = parts.count > 1 && parts[parts.count - 2] == "variables" && Int(parts[parts.count - 1]) != nil
    return isCounted ? tensor.label ?? tensor.name : tensor.name
  }

  /// The object that a variable is counted to, and its name there: a recurrent layer's cell is the layer, and what
  /// PyTorch calls `weight_ih_l1_reverse` is a layer of its own.
  private static func place(_ name: SavedName) -> (path: [String], leaf: String) {
    var path = name.path
    var leaf = name.leaf
    if let last = path.last,
      last == "cell" || last.hasSuffix("_cell") || last.hasPrefix("gru_cell")
        || last.hasPrefix("lstm_cell")
    {
      path.removeLast()
    }
    if let match = leaf.wholeMatch(of: /(weight|bias)_(ih|hh)_l(\d+)(_reverse)?/) {
      path += ["l\(match.3)", match.4 == nil ? "forward" : "backward"]
      leaf = "\(match.1)_\(match.2)"
    }
    return (path, leaf)
  }

  /// What all paths have in front says nothing.
  private static func withoutCommonPrefix(_ layers: [SavedLayer]) -> [SavedLayer] {
    var layers = layers
    while let first = layers.first?.path.first, layers.count > 1,
      layers.allSatisfy({ $0.path.count > 1 && $0.path.first == first })
    {
      for index in layers.indices { layers[index].path.removeFirst() }
    }
    return layers
  }

  private static func layers(_ path: [String], _ variables: [String: TensorInfo]) -> [SavedLayer] {
    func layer(_ kind: SavedLayer.Kind, _ roles: [String: String], isTurned: Bool = false) -> [SavedLayer] {
      var tensors: [String: TensorInfo] = [:]
      for (role, name) in roles { tensors[role] = variables[name] }
      return [SavedLayer(path: path, kind: kind, tensors: tensors, isTurned: isTurned)]
    }
    func shape(_ name: String) -> [Int]? { variables[name]?.shape }

    if let recurrent = shape("weight_hh") {
      guard recurrent.count == 2, recurrent[1] > 0, [3, 4].contains(where: { recurrent[0] == $0 * recurrent[1] }) else {
        return layer(.other, ["kernel": "weight_ih"], isTurned: true)
      }
      let kind: SavedLayer.CellKindName = recurrent[0] == 4 * recurrent[1] ? .lstm : .gru(resetAfter: true)
      return layer(
        .recurrent(kind),
        ["kernel": "weight_ih", "recurrent": "weight_hh", "inputBias": "bias_ih", "recurrentBias": "bias_hh"],
        isTurned: true)
    }
    if let weight = shape("weight") {
      if weight.count == 1 { return layer(.norm, ["gain": "weight", "shift": "bias"]) }
      let kind: SavedLayer.Kind = weight.count != 2 ? .other : variables["bias"] == nil ? .table : .dense
      return layer(kind, ["kernel": "weight", "bias": "bias"], isTurned: true)
    }
    if variables["gamma"] != nil { return layer(.norm, ["gain": "gamma", "shift": "beta"]) }
    if variables["embeddings"] != nil { return layer(.table, ["kernel": "embeddings"]) }
    if variables["scale"] != nil { return layer(.vector, ["kernel": "scale"]) }
    if variables["recurrent_kernel"] != nil {
      return keras(
        path, ["kernel", "recurrent_kernel", "bias"].compactMap { name in variables[name].map { (name, $0) } })
    }
    if variables["kernel"] != nil {
      return keras(path, ["kernel", "bias"].compactMap { name in variables[name].map { (name, $0) } })
    }
    let numbered = variables.keys.compactMap(Int.init).sorted()
    if !numbered.isEmpty {
      return keras(path, numbered.compactMap { number in variables["\(number)"].map { ("\(number)", $0) } })
    }
    return variables.sorted { $0.key < $1.key }.map {
      SavedLayer(path: path + [$0.key], kind: .other, tensors: ["kernel": $0.value])
    }
  }

  /// Keras' variables of one layer in their order, told by their shapes.
  private static func keras(_ path: [String], _ variables: [(name: String, info: TensorInfo)]) -> [SavedLayer] {
    let infos = variables.map(\.info)
    let shapes = infos.map(\.shape)
    func layer(_ kind: SavedLayer.Kind, _ roles: [String]) -> [SavedLayer] {
      [SavedLayer(path: path, kind: kind, tensors: Dictionary(zip(roles, infos)) { first, _ in first })]
    }
    if let cell = cell(shapes) { return layer(.recurrent(cell), ["kernel", "recurrent", "bias"]) }
    switch shapes.map(\.count) {
    case [2]: return layer(.table, ["kernel"])
    case [2, 1]: return layer(.dense, ["kernel", "bias"])
    case [1, 1]: return layer(.norm, ["gain", "shift"])
    case [1]: return layer(.vector, ["kernel"])
    case [3], [3, 1], [3, 2]: return layer(.heads, ["kernel", "bias"])
    default: return layer(.other, ["kernel", "bias"])
    }
  }

  private static func cell(_ shapes: [[Int]]) -> SavedLayer.CellKindName? {
    guard shapes.count >= 2, shapes[0].count == 2, shapes[1].count == 2, shapes[1][0] > 0,
      shapes[0][1] == shapes[1][1]
    else { return nil }
    switch (shapes[1][1], shapes.count > 2 ? shapes[2].count : 0) {
    // Without a bias the shapes do not say when it resets; TensorFlow 2 does it after the product.
    case (3 * shapes[1][0], 2), (3 * shapes[1][0], 0): return .gru(resetAfter: true)
    case (3 * shapes[1][0], _): return .gru(resetAfter: false)
    case (4 * shapes[1][0], _): return .lstm
    default: return nil
    }
  }
}

extension LayerTable {
  var tables: [SavedLayer] { layers.filter { $0.kind == .table } }
  var dense: [SavedLayer] { layers.filter { $0.kind == .dense } }
  var recurrent: [SavedLayer] {
    layers.filter { if case .recurrent = $0.kind { true } else { false } }
  }
  var norms: [SavedLayer] { layers.filter { $0.kind == .norm } }

  /// Layers under a path, which is cut from theirs.
  func under(_ prefix: [String]) -> [SavedLayer] {
    layers.filter { $0.path.starts(with: prefix) }.map { layer in
      var layer = layer
      layer.path.removeFirst(prefix.count)
      return layer
    }
  }
}
