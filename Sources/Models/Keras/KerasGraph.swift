import JSON

/// A functional Keras model as its configuration tells it: layers, and the calls that join them.
struct KerasGraph {
  /// The output of one call of a layer.
  struct Output: Hashable {
    var call: CallName
    var index: Int
  }

  struct CallName: Hashable {
    var layer: String
    var number: Int
  }

  indirect enum Argument {
    case output(Output)
    case list([Argument])
    case constant(JSONValue)
  }

  struct Call {
    var name: CallName
    /// What is given by position, lists of tensors taken apart.
    var inputs: [Output]
    var named: [String: Argument]

    /// Everything that has to be computed before.
    var needs: [Output] { inputs + named.values.flatMap(\.outputs) }

    /// A tensor, or the tensors, given by name.
    func outputs(_ name: String) -> [Output] { named[name]?.outputs ?? [] }

    func isTrue(_ name: String) -> Bool {
      if case .constant(.bool(true))? = named[name] { true } else { false }
    }
  }

  struct Layer {
    var name: String
    var className: String
    var settings: KerasSettings
  }

  private(set) var layers: [Layer] = []
  /// In an order in which each can be computed.
  private(set) var calls: [Call] = []
  private(set) var inputs: [Output] = []
  private(set) var outputs: [Output] = []

  private static let mostLayers = 10_000

  /// Whether this is the configuration of a functional model.
  static func isFunctional(_ json: JSONValue) -> Bool {
    guard ["Functional", "Model"].contains(json["class_name"]?.text ?? "") else { return false }
    return json["config"]?["layers"] != nil
  }

  /// - Throws: `ModelError` that names `file`, for a configuration that makes no sense.
  init(_ json: JSONValue, file: String) throws {
    func broken(_ what: String) -> ModelError { ModelError("\(file): its Keras configuration \(what)") }
    guard let config = json["config"], let items = config["layers"]?.items, items.count <= Self.mostLayers else {
      throw broken("lists no layers")
    }
    var calls: [Call] = []
    for item in items {
      guard let name = (item["name"] ?? item["config"]?["name"])?.text, let className = item["class_name"]?.text else {
        throw broken("has a layer without name or class")
      }
      layers.append(Layer(name: name, className: className, settings: KerasSettings(item["config"] ?? .null)))
      let nodes = item["inbound_nodes"]?.items ?? []
      if nodes.isEmpty { calls.append(Call(name: CallName(layer: name, number: 0), inputs: [], named: [:])) }
      for (number, node) in nodes.enumerated() {
        calls.append(try Self.call(CallName(layer: name, number: number), node, broken))
      }
    }
    (layers, calls) = Self.withoutMasks(layers, calls)
    inputs = try Self.ends(config["input_layers"], broken)
    outputs = try Self.ends(config["output_layers"], broken)
    self.calls = try Self.sorted(calls, broken)
    let known = Set(calls.map(\.name))
    guard !inputs.isEmpty, !outputs.isEmpty, (inputs + outputs).allSatisfy({ known.contains($0.call) }) else {
      throw broken("does not say what goes in and comes out")
    }
  }

  private static func call(
    _ name: CallName, _ node: JSONValue, _ broken: (String) -> ModelError
  ) throws -> Call {
    var call = Call(name: name, inputs: [], named: [:])
    if let arguments = node["args"]?.items {
      call.inputs = arguments.flatMap { Argument($0).outputs }
      for (key, value) in node["kwargs"]?.members ?? [] { call.named[key] = Argument(value) }
      return call
    }
    // A call of one tensor is not always in a list.
    if let output = Output(legacy: node) {
      call.inputs = [output]
      for (key, value) in node.items?.dropFirst(3).first?.members ?? [] { call.named[key] = Argument(value) }
      return call
    }
    guard let tensors = node.items else { throw broken("calls '\(name.layer)' in a way that is not understood") }
    for tensor in tensors {
      guard let output = Output(legacy: tensor) else {
        throw broken("calls '\(name.layer)' in a way that is not understood")
      }
      call.inputs.append(output)
      for (key, value) in tensor.items?.dropFirst(3).first?.members ?? [] { call.named[key] = Argument(value) }
    }
    return call
  }

  private static func ends(_ json: JSONValue?, _ broken: (String) -> ModelError) throws -> [Output] {
    guard let json else { return [] }
    if let single = Output(legacy: json) { return [single] }
    return try (json.items ?? json.members?.map(\.value) ?? []).map { item in
      guard let output = Output(legacy: item) else { throw broken("names an input or output that is not understood") }
      return output
    }
  }

  /// Each call behind those that it needs.
  private static func sorted(_ calls: [Call], _ broken: (String) -> ModelError) throws -> [Call] {
    var order: [Call] = []
    var done: Set<CallName> = []
    var open = calls
    while !open.isEmpty {
      var waiting: [Call] = []
      for call in open {
        if call.needs.allSatisfy({ done.contains($0.call) }) {
          done.insert(call.name)
          order.append(call)
        } else {
          waiting.append(call)
        }
      }
      guard waiting.count < open.count else { throw broken("joins '\(open[0].name.layer)' to what never comes") }
      open = waiting
    }
    return order
  }
}

extension KerasGraph.Output {
  /// `[layer, call, index, …]`.
  init?(legacy json: JSONValue) {
    guard let items = json.items, items.count >= 3, let layer = items[0].text, let number = items[1].int,
      let index = items[2].int
    else { return nil }
    self.init(call: KerasGraph.CallName(layer: layer, number: number), index: index)
  }
}

extension KerasGraph.Argument {
  /// Keras 3 names a tensor by an object, Keras 2 by a list of its layer and two numbers.
  init(_ json: JSONValue) {
    if json["class_name"]?.text == "__keras_tensor__", let history = json["config"]?["keras_history"],
      let output = KerasGraph.Output(legacy: history)
    {
      self = .output(output)
    } else if let output = KerasGraph.Output(legacy: json) {
      self = .output(output)
    } else if let items = json.items {
      self = .list(items.map { KerasGraph.Argument($0) })
    } else {
      self = .constant(json)
    }
  }

  var outputs: [KerasGraph.Output] {
    switch self {
    case .output(let output): [output]
    case .list(let items): items.flatMap(\.outputs)
    case .constant: []
    }
  }
}

/// The settings of one layer.
struct KerasSettings {
  private let json: JSONValue

  init(_ json: JSONValue) { self.json = json }

  subscript(key: String) -> JSONValue? { json[key] }
  func int(_ key: String) -> Int? { json[key]?.int }
  func flag(_ key: String, default standard: Bool) -> Bool {
    if case .bool(let flag)? = json[key] { flag } else { standard }
  }
  func float(_ key: String, default standard: Float) -> Float {
    if case .number(let digits)? = json[key] { Float(digits) ?? standard } else { standard }
  }
  /// A name, or that of a function that Keras wrote as an object.
  func name(_ key: String) -> String? {
    guard let value = json[key] else { return nil }
    return value.text ?? value["config"]?.text ?? value["config"]?["name"]?.text ?? value["class_name"]?.text
  }
  /// The layer inside a wrapper such as `TimeDistributed`.
  var inner: (className: String, settings: KerasSettings)? {
    guard let layer = json["layer"], let className = layer["class_name"]?.text, let config = layer["config"] else {
      return nil
    }
    return (className, KerasSettings(config))
  }
  /// The shape of an input without the batch; nil for a size that is left open.
  var inputShape: [Int?]? {
    guard let sizes = (json["batch_shape"] ?? json["batch_input_shape"])?.items else { return nil }
    return sizes.dropFirst().map(\.int)
  }
}
