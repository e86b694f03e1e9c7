import Autograd
import Layers
import Tensors

/// A table of vectors, looked up by ids, which come as numbers.
struct KerasEmbedding: KerasLayer {
  let name: String
  let table: Embedding
  let rows: Int
  /// Whether id 0 is padding that later layers leave out.
  let masks: Bool

  func callAsFunction(
    _ inputs: [KerasActivation], _ call: KerasGraph.Call, _ named: [String: [KerasActivation]], _ run: inout KerasRun
  ) throws -> [KerasActivation] {
    guard let input = inputs.first, input.shape.rank == 1 else { throw KerasShapes.misfit(name) }
    let ids = input.x.value.elements.map { Int($0) }
    try KerasShapes.require(ids.allSatisfy { $0 >= 0 && $0 < rows }, name)
    return [KerasActivation(table(ids), mask: masks ? ids.map { $0 != 0 } : nil)]
  }
}

/// The mean or the largest over time.
struct KerasPooling: KerasLayer {
  let name: String
  let isMaximum: Bool

  func callAsFunction(
    _ inputs: [KerasActivation], _ call: KerasGraph.Call, _ named: [String: [KerasActivation]], _ run: inout KerasRun
  ) throws -> [KerasActivation] {
    guard let input = inputs.first, input.shape.rank == 2 else { throw KerasShapes.misfit(name) }
    let (rows, width) = (input.shape[0], input.shape[1])
    // Keras leaves padding out of a mean alone.
    let kept = (0..<rows).filter { isMaximum || input.mask?[$0] ?? true }
    let numbers = input.x.value.elements
    let pooled = (0..<width).map { column in
      let values = kept.map { numbers[$0 * width + column] }
      // Of padding alone Keras divides nothing by nothing.
      return isMaximum ? values.max() ?? 0 : values.reduce(0, +) / Float(max(1, values.count))
    }
    return [KerasActivation(Variable(Tensor([width], pooled)))]
  }
}

/// `LSTM`, `GRU`, and `Bidirectional` around one of them.
struct KerasRecurrent: KerasLayer {
  private let name: String
  private let forward: RecurrentCell
  private let backward: RecurrentCell?
  private let merge: String?
  private let inputs: Int
  private let givesSequence: Bool
  private let givesState: Bool
  private let goesBackwards: Bool
  /// Whether the output at padding is zero, and not that of the step before.
  private let isZeroAtPadding: Bool

  init(_ layer: KerasGraph.Layer, _ factory: KerasFactory, _ source: inout some ParameterSource) throws {
    let inner = layer.className == "Bidirectional" ? layer.settings.inner : (layer.className, layer.settings)
    guard let (className, s) = inner, ["LSTM", "GRU"].contains(className) else {
      throw factory.refusal(layer, "around something but LSTM or GRU")
    }
    name = layer.name
    let size = try factory.sizes(name, 2)
    inputs = size[0]
    let gates: GateActivation
    switch s.name("recurrent_activation") ?? "sigmoid" {
    case "sigmoid": gates = .sigmoid
    case "hard_sigmoid": gates = factory.isKeras3 ? .hardSigmoid6 : .hardSigmoid
    case let other: throw factory.refusal(layer, "with the recurrent activation '\(other)'")
    }
    guard s.name("activation") ?? "tanh" == "tanh", !s.flag("stateful", default: false) else {
      throw factory.refusal(layer, "with another activation than tanh, or stateful")
    }
    let kind: CellKind = className == "LSTM" ? .lstm : .gru(resetAfter: s.flag("reset_after", default: false))
    func cell(_ scope: String) throws -> RecurrentCell {
      try source.scoped("\(layer.name).\(scope)") {
        try RecurrentCell(&$0, kind, inputs: size[0], units: size[1], gate: gates)
      }
    }
    forward = try cell("forward")
    let isBidirectional = layer.className == "Bidirectional"
    backward = isBidirectional ? try cell("backward") : nil
    merge = isBidirectional ? layer.settings.name("merge_mode") : nil
    guard !isBidirectional || ["concat", "sum", "ave", "mul"].contains(merge ?? "") else {
      throw factory.refusal(layer, "that gives both directions apart")
    }
    givesSequence = s.flag("return_sequences", default: false)
    givesState = s.flag("return_state", default: false)
    goesBackwards = s.flag("go_backwards", default: false)
    // Keras sees to that in both directions, whatever the layer inside says.
    isZeroAtPadding = isBidirectional ? givesSequence : s.flag("zero_output_for_mask", default: false)
  }

  func callAsFunction(
    _ inputs: [KerasActivation], _ call: KerasGraph.Call, _ named: [String: [KerasActivation]], _ run: inout KerasRun
  ) throws -> [KerasActivation] {
    guard let input = inputs.first, input.shape.rank == 2, input.shape[1] == self.inputs, input.shape[0] > 0 else {
      throw KerasShapes.misfit(name)
    }
    let given = Array(inputs.dropFirst()) + (named["initial_state"] ?? [])
    let states = try self.states(given.map(\.x))
    let order = Array(0..<input.shape[0])
    let (outputs, final) = pass(forward, input, goesBackwards ? order.reversed() : order, states.0)
    guard let backward else { return results(outputs, [final], input.mask) }
    let (others, otherFinal) = pass(backward, input, goesBackwards ? order : order.reversed(), states.1)
    // Keras turns the other direction's outputs back before it joins them.
    let joined = joinedOutputs(outputs, others.reversed())
    return results(joined, [final, otherFinal], input.mask)
  }

  private func states(_ given: [Variable]) throws -> (RecurrentState, RecurrentState) {
    let numbers = forward.kind == .lstm ? 2 : 1
    let zero = forward.zeroState(1)
    guard !given.isEmpty else { return (zero, zero) }
    let directions = backward == nil ? 1 : 2
    try KerasShapes.require(
      given.count == numbers * directions && given.allSatisfy { $0.shape.count == forward.units }, name)
    let rows = given.map { $0.reshaped([1, forward.units]) }
    func state(_ first: Int) -> RecurrentState {
      RecurrentState(hidden: rows[first], cell: numbers == 2 ? rows[first + 1] : nil)
    }
    return (state(0), directions == 2 ? state(numbers) : zero)
  }

  /// Outputs in the order in which they came.
  private func pass(
    _ cell: RecurrentCell, _ input: KerasActivation, _ order: [Int], _ start: RecurrentState
  ) -> ([Variable], RecurrentState) {
    let projected = cell.project(input.x)
    var state = start
    var outputs: [Variable] = []
    for step in order {
      let isRead = input.mask?[step] ?? true
      if isRead { state = cell.step(projected.rows(step..<step + 1), state) }
      outputs.append(isRead || !isZeroAtPadding ? state.hidden : cell.zeroState(1).hidden)
    }
    return (outputs, state)
  }

  private func joinedOutputs(_ one: [Variable], _ other: [Variable]) -> [Variable] {
    zip(one, other).map(join)
  }

  private func join(_ a: Variable, _ b: Variable) -> Variable {
    switch merge {
    case "sum": a + b
    case "ave": (a + b) * 0.5
    case "mul": a * b
    default: .concatenatingColumns([a, b])
    }
  }

  private func results(_ outputs: [Variable], _ finals: [RecurrentState], _ mask: [Bool]?) -> [KerasActivation] {
    var results: [KerasActivation] = []
    if givesSequence {
      results.append(KerasActivation(.concatenatingRows(outputs), mask: mask))
    } else {
      // The last state of each direction, which for the backward one is that at the first token.
      let last = finals.count == 2 ? join(finals[0].hidden, finals[1].hidden) : finals[0].hidden
      results.append(KerasActivation(last.reshaped([last.shape.count])))
    }
    guard givesState else { return results }
    for final in finals {
      for part in [final.hidden] + [final.cell].compactMap({ $0 }) {
        results.append(KerasActivation(part.reshaped([part.shape.count])))
      }
    }
    return results
  }
}
