import Autograd
import Tensors

/// What the inputs of a functional model are given: the source's ids, the target's, and zeros for states.
struct KerasInputs {
  enum Role {
    case source, target, zeros
  }

  struct Input {
    var output: KerasGraph.Output
    var role: Role
    /// Tokens, where the model fixes it.
    var length: Int?
    /// Ids go in as rows with a one in them; nil: as numbers, for an embedding.
    var oneHot: Int?
    /// Of a state.
    var width = 0
  }

  let inputs: [Input]

  var source: Input? { inputs.first { $0.role == .source } }
  var target: Input? { inputs.first { $0.role == .target } }

  /// The first input of tokens is the source, a second the target; vectors are states.
  ///
  /// - Throws: `ModelError` for inputs that are none of these.
  init(_ graph: KerasGraph) throws {
    let embedded = Set(
      graph.calls.filter { call in
        graph.layers.contains { $0.name == call.name.layer && $0.className == "Embedding" }
      }.flatMap(\.inputs))
    var inputs: [Input] = []
    for output in graph.inputs {
      guard let layer = graph.layers.first(where: { $0.name == output.call.layer }),
        let shape = layer.settings.inputShape
      else { throw ModelError("the input '\(output.call.layer)' has no shape") }
      let tokens = inputs.filter { $0.role != .zeros }.count
      let role: Role = tokens == 0 ? .source : .target
      switch shape.count {
      case 1 where embedded.contains(output): inputs.append(Input(output: output, role: role, length: shape[0]))
      case 1:
        guard let width = shape[0], width > 0 else { throw Self.unclear(layer) }
        inputs.append(Input(output: output, role: .zeros, width: width))
      case 2:
        guard let width = shape[1], width > 0 else { throw Self.unclear(layer) }
        inputs.append(Input(output: output, role: role, length: shape[0], oneHot: width))
      default: throw Self.unclear(layer)
      }
    }
    if let source = Self.lookedAt(graph), inputs.filter({ $0.role != .zeros }).count == 2 {
      for index in inputs.indices where inputs[index].role != .zeros {
        inputs[index].role = inputs[index].output.call == source ? .source : .target
      }
    }
    guard inputs.filter({ $0.role == .target }).count <= 1, inputs.contains(where: { $0.role == .source }) else {
      throw ModelError("it has more or fewer inputs than a source and a target")
    }
    self.inputs = inputs
  }

  /// The input that attention looks at, where queries come from another one; nil if no attention says so.
  private static func lookedAt(_ graph: KerasGraph) -> KerasGraph.CallName? {
    let attention = Set(
      graph.layers.filter { ["MultiHeadAttention", "AdditiveAttention", "Attention"].contains($0.className) }.map(
        \.name))
    var origins: [KerasGraph.CallName: Set<KerasGraph.CallName>] = [:]
    for call in graph.calls {
      let all = call.needs.reduce(into: Set<KerasGraph.CallName>()) { $0.formUnion(origins[$1.call] ?? []) }
      origins[call.name] = call.needs.isEmpty ? [call.name] : all
      guard attention.contains(call.name.layer),
        let value = call.named["value"]?.outputs.first ?? call.inputs.dropFirst().first,
        let query = call.named["query"]?.outputs.first ?? call.inputs.first,
        let seen = origins[value.call], let asking = origins[query.call], seen.count == 1, let only = seen.first,
        asking.contains(where: { $0 != only })
      else { continue }
      return only
    }
    return nil
  }

  private static func unclear(_ layer: KerasGraph.Layer) -> ModelError {
    ModelError("the input '\(layer.name)' is neither tokens nor a state")
  }

  /// What an input is given.
  func value(_ input: Input, source: [Int], target: [Int]) -> KerasActivation {
    guard input.role != .zeros else { return KerasActivation(Variable(Tensor.zeros([input.width]))) }
    var ids = input.role == .source ? source : target
    if let length = input.length, ids.count < length { ids += Array(repeating: 0, count: length - ids.count) }
    guard let width = input.oneHot else { return KerasActivation(Variable(Tensor([ids.count], ids.map(Float.init)))) }
    return KerasActivation(Variable(Tensor.oneHot(ids, width: width)))
  }
}
