import Autograd
import Tensors

/// A batch of sequences side by side, time-major: row `t * count + b` is step `t` of sequence `b`.
public struct SequenceBatch {
  public let length: Int
  public let count: Int
  /// Real length of each sequence; nil where all are `length`. Padding follows at the end.
  public let lengths: [Int]?

  public init(length: Int, count: Int, lengths: [Int]? = nil) {
    self.length = length
    self.count = count
    self.lengths = lengths?.allSatisfy { $0 == length } == false ? lengths : nil
  }

  func rows(_ step: Int) -> Range<Int> { (step * count)..<((step + 1) * count) }

  /// Which sequences have a real token at `step`; nil if all have.
  func open(_ step: Int) -> [Bool]? {
    guard let lengths, lengths.contains(where: { $0 <= step }) else { return nil }
    return lengths.map { $0 > step }
  }
}

/// A GRU or LSTM over whole sequences, in one direction or both. Padding is skipped as Keras masks it: the state is
/// carried through.
public struct RecurrentLayer {
  public let forward: RecurrentCell
  public let backward: RecurrentCell?

  /// Parameters under `forward` and, if bidirectional, `backward`.
  public init(
    _ source: inout some ParameterSource, _ kind: CellKind, inputs: Int, units: Int, bidirectional: Bool,
    gate: GateActivation = .sigmoid
  ) throws {
    forward = try source.scoped("forward") { try RecurrentCell(&$0, kind, inputs: inputs, units: units, gate: gate) }
    backward =
      bidirectional
      ? try source.scoped("backward") { try RecurrentCell(&$0, kind, inputs: inputs, units: units, gate: gate) } : nil
  }

  /// The state at every step and at the end.
  ///
  /// - Parameter x: `[length * count, inputs]`, time-major.
  /// - Returns: `outputs` `[length * count, U]`, or `[..., 2U]` with both directions side by side; `final`, the state
  ///   after the last real token, and after the first for the backward direction.
  public func callAsFunction(
    _ x: Variable, _ batch: SequenceBatch
  ) -> (outputs: Variable, final: RecurrentState, backwardFinal: RecurrentState?) {
    let (outputs, final) = run(forward, x, batch, Array(0..<batch.length))
    guard let backward else { return (outputs, final, nil) }
    let (others, otherFinal) = run(backward, x, batch, (0..<batch.length).reversed())
    return (Variable.concatenatingColumns([outputs, others]), final, otherFinal)
  }

  private func run(
    _ cell: RecurrentCell, _ x: Variable, _ batch: SequenceBatch, _ order: [Int]
  ) -> (Variable, RecurrentState) {
    let projected = cell.project(x)
    var state = cell.zeroState(batch.count)
    var outputs = [Variable?](repeating: nil, count: batch.length)
    for step in order {
      let next = cell.step(projected.rows(batch.rows(step)), state)
      state = batch.open(step).map { next.selecting($0, else: state) } ?? next
      outputs[step] = state.hidden
    }
    return (Variable.concatenatingRows(outputs.compactMap { $0 }), state)
  }
}
