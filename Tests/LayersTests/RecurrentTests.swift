import Autograd
import GoldenFixtures
import Tensors
import Testing

@testable import Layers

/// Against Keras (single layers) and PyTorch (stacked cells); `Tests/Reference/layers.py`.
@Suite struct RecurrentTests {
  struct Layer: Sendable, CustomTestStringConvertible {
    let name: String
    let kind: CellKind
    var testDescription: String { name }
  }

  private static let layers = [
    Layer(name: "gru-reset-after", kind: .gru(resetAfter: true)),
    Layer(name: "gru-reset-before", kind: .gru(resetAfter: false)),
    Layer(name: "lstm", kind: .lstm),
  ]

  /// A layer over a whole batch, its outputs back in batch order.
  private func apply(
    _ layer: RecurrentLayer, to x: Variable, lengths: [Int]?
  ) -> (sequence: Variable, final: RecurrentState, backward: RecurrentState?) {
    let (count, length) = (x.shape[0], x.shape[1])
    let rows = x.swappingFirstAxes().reshaped([length * count, x.shape[2]])
    let result = layer(rows, SequenceBatch(length: length, count: count, lengths: lengths))
    let outputs = result.outputs.reshaped([length, count, result.outputs.shape.columns]).swappingFirstAxes()
    return (outputs, result.final, result.backwardFinal)
  }

  private func named(_ sequence: Variable, _ state: RecurrentState) -> [String: Variable] {
    var outputs = ["sequence": sequence, "state": state.hidden]
    outputs["cell"] = state.cell
    return outputs
  }

  @Test(arguments: layers, ["", "-masked"])
  func fromZeros(_ layer: Layer, _ suffix: String) throws {
    var run = try GoldenRun(layer.name + suffix, wrap: "forward.")
    let recurrent = try RecurrentLayer(&run.source, layer.kind, inputs: 6, units: 7, bidirectional: false)
    let (sequence, final, _) = apply(recurrent, to: try run.input("x"), lengths: run.lengths())
    try run.check(named(sequence, final), wrap: "forward.")
  }

  @Test(arguments: layers, ["", "-masked"])
  func fromAGivenState(_ layer: Layer, _ suffix: String) throws {
    var run = try GoldenRun(layer.name + suffix + "-initial")
    let cell = try RecurrentCell(&run.source, layer.kind, inputs: 6, units: 7)
    let projected = cell.project(try run.input("x"))
    var state = RecurrentState(hidden: try run.input("initial_state"), cell: run.inputs["initial_cell"])
    var outputs: [Variable] = []
    let batch = SequenceBatch(length: 5, count: 3, lengths: run.lengths())
    for step in 0..<batch.length {
      let next = cell.step(projected.step(step), state)
      state = batch.open(step).map { next.selecting($0, else: state) } ?? next
      outputs.append(state.hidden)
    }
    try run.check(named(stackedSteps(outputs), state))
  }

  @Test(arguments: ["", "-masked"])
  func bothDirections(_ suffix: String) throws {
    var run = try GoldenRun("bidirectional-gru" + suffix)
    let layer = try RecurrentLayer(
      &run.source, .gru(resetAfter: true), inputs: 6, units: 7, bidirectional: true)
    let (sequence, final, backward) = apply(layer, to: try run.input("x"), lengths: run.lengths())
    // Keras' wrapper puts zeros where there is padding.
    let kept = Tensor([3, 5, 1], (run.lengths() ?? [5, 5, 5]).flatMap { n in (0..<5).map { $0 < n ? 1 : 0 } })
    try run.check([
      "sequence": sequence * Variable(kept), "forward_state": final.hidden,
      "backward_state": try #require(backward).hidden,
    ])
  }

  @Test func stackedCells() throws {
    var run = try GoldenRun("lstm-cells-stacked")
    let cells = try [6, 7].enumerated().map { layer, inputs in
      try run.source.scoped("layers.\(layer)") { try RecurrentCell(&$0, .lstm, inputs: inputs, units: 7) }
    }
    var states = try (0..<2).map { layer in
      RecurrentState(
        hidden: try run.input("layers.\(layer).initial_state"), cell: try run.input("layers.\(layer).initial_cell"))
    }
    let x = try run.input("x")
    var outputs: [Variable] = []
    for step in 0..<4 {
      var input = x.step(step)
      for (layer, cell) in cells.enumerated() {
        states[layer] = cell.step(cell.project(input), states[layer])
        input = states[layer].hidden
      }
      outputs.append(input)
    }
    var named = ["sequence": stackedSteps(outputs)]
    for (layer, state) in states.enumerated() {
      named["layers.\(layer).state"] = state.hidden
      named["layers.\(layer).cell"] = state.cell
    }
    try run.check(named)
  }

  /// The tutorial's decoder starts from zeros at each step, which skips the recurrent product.
  @Test(arguments: layers)
  func noStateIsAZeroState(_ layer: Layer) throws {
    var run = try GoldenRun(layer.name)
    let cell = try RecurrentCell(&run.source, layer.kind, inputs: 6, units: 7)
    let projected = cell.project(try run.input("x").step(0))
    let (none, zeros) = (cell.step(projected, nil), cell.step(projected, cell.zeroState(3)))
    #expect(greatestDifference(none.hidden.value, zeros.hidden.value) < 1e-6)
  }

  /// A decoder projects the context and the token apart and adds them.
  @Test(arguments: layers)
  func aProjectionInTwoPartsIsTheWholeOne(_ layer: Layer) throws {
    var run = try GoldenRun(layer.name)
    let cell = try RecurrentCell(&run.source, layer.kind, inputs: 6, units: 7)
    let x = try run.input("x").step(0)
    let parts =
      cell.project(x.columns(0..<2), inputs: 0..<2, addingBias: false)
      + cell.project(x.columns(2..<6), inputs: 2..<6, addingBias: true)
    #expect(greatestDifference(parts.value, cell.project(x).value) < 1e-6)
  }
}
