import Autograd
import Tensors

/// What a recurrent layer carries from step to step, each `[N, U]`.
public struct RecurrentState {
  public var hidden: Variable
  /// Of an LSTM.
  public var cell: Variable?

  public init(hidden: Variable, cell: Variable? = nil) {
    self.hidden = hidden
    self.cell = cell
  }

  /// The first `count` rows: the sentences that are still being decoded.
  public func rows(_ count: Int) -> RecurrentState {
    RecurrentState(hidden: hidden.rows(0..<count), cell: cell?.rows(0..<count))
  }

  /// This state where `mask` is true, `other` elsewhere.
  func selecting(_ mask: [Bool], else other: RecurrentState) -> RecurrentState {
    RecurrentState(
      hidden: hidden.selecting(mask, else: other.hidden),
      cell: cell.flatMap { cell in other.cell.map { cell.selecting(mask, else: $0) } })
  }
}

/// Which recurrence a layer runs.
public enum CellKind: Sendable, Hashable {
  /// Keras' GRU; `resetAfter` says whether the reset gate works after the recurrent product, as in cuDNN and
  /// PyTorch, or before it, as in Cho et al. 2014.
  case gru(resetAfter: Bool)
  case lstm

  /// Blocks of U columns in the kernels.
  var gates: Int { self == .lstm ? 4 : 3 }
}

/// What squashes a gate into 0 to 1.
public enum GateActivation: String, Sendable, Hashable, CaseIterable, Codable {
  case sigmoid
  /// `0.2 x + 0.5`, cut off at 0 and 1: Keras before version 2.3, and what its version 2 calls hard_sigmoid.
  case hardSigmoid = "hard_sigmoid"
  /// `x / 6 + 0.5`, cut off at 0 and 1: what Keras 3 calls hard_sigmoid.
  case hardSigmoid6 = "hard_sigmoid_6"
}

/// A GRU or LSTM cell. Gates lie in Keras' order: z, r, h and i, f, c, o.
public struct RecurrentCell {
  public let kind: CellKind
  public let gate: GateActivation
  public let units: Int
  private let kernel: Weight
  private let recurrent: Weight
  private let inputBias: Variable
  private let recurrentBias: Variable?
  /// The parts of a recurrent kernel for z and r, and for the candidate, where the reset comes first.
  private let split: (gates: Variable, candidate: Variable)?

  /// Parameters `kernel` `[inputs, gates * U]`, `recurrent_kernel` `[U, gates * U]` and `bias`: `[2, 3U]` (input,
  /// recurrent) for a GRU with `resetAfter`, `[3U]` without, `[4U]` for an LSTM.
  public init(
    _ source: inout some ParameterSource, _ kind: CellKind, inputs: Int, units: Int, gate: GateActivation = .sigmoid
  ) throws {
    self.kind = kind
    self.gate = gate
    self.units = units
    let width = kind.gates * units
    kernel = try source.weight("kernel", inputs, width, .glorotUniform)
    if kind == .gru(resetAfter: false) {
      let whole = try source.tensor("recurrent_kernel", [units, width], .orthogonal)
      split = (whole.columns(0..<(2 * units)), whole.columns((2 * units)..<width))
      recurrent = .variable(whole)
    } else {
      recurrent = try source.weight("recurrent_kernel", units, width, .orthogonal)
      split = nil
    }
    if kind == .gru(resetAfter: true) {
      let both = try source.tensor("bias", [2, width], .zeros)
      inputBias = both.rows(0..<1).reshaped([width])
      recurrentBias = both.rows(1..<2).reshaped([width])
    } else {
      inputBias = try source.tensor("bias", [width], kind == .lstm ? .forgetGateOnes : .zeros)
      recurrentBias = nil
    }
  }

  /// All zeros, for `count` sequences.
  public func zeroState(_ count: Int) -> RecurrentState {
    let zeros = Variable(Tensor.zeros([count, units]))
    return RecurrentState(hidden: zeros, cell: kind == .lstm ? zeros : nil)
  }

  /// What the input contributes to the gates, its bias included: `[..., inputs]` to `[..., gates * U]`. The same for
  /// every state, so it is computed for a whole sequence at once.
  public func project(_ x: Variable) -> Variable { x.multiplied(by: kernel).addingBias(inputBias) }

  /// The part of `project` that comes from inputs `range`, with the bias or without.
  public func project(_ x: Variable, inputs range: Range<Int>, addingBias: Bool) -> Variable {
    let y = x.multiplied(by: kernel.rows(range))
    return addingBias ? y.addingBias(inputBias) : y
  }

  /// One step. A nil state is zeros.
  ///
  /// - Parameter projected: `[N, gates * U]`, from `project`.
  public func step(_ projected: Variable, _ state: RecurrentState?) -> RecurrentState {
    switch kind {
    case .gru(resetAfter: true) where gate != .sigmoid:
      return RecurrentState(hidden: resetLast(projected, state?.hidden))
    case .lstm where gate != .sigmoid:
      return remembering(projected, state ?? zeroState(projected.shape.rows))
    case .gru(resetAfter: true):
      guard let recurrentBias else { preconditionFailure("a GRU with reset_after has two biases") }
      return RecurrentState(
        hidden: projected.gruStep(state: state?.hidden, recurrent: recurrent, bias: recurrentBias))
    case .gru(resetAfter: false):
      return RecurrentState(hidden: resetFirst(projected, state?.hidden))
    case .lstm:
      let state = state ?? zeroState(projected.shape.rows)
      let (hidden, cell) = projected.lstmStep(
        hidden: state.hidden, cell: state.cell ?? state.hidden, recurrent: recurrent)
      return RecurrentState(hidden: hidden, cell: cell)
    }
  }

  /// What a state contributes to the gates, its bias included if it has one of its own.
  func recurrentProjection(_ h: Variable) -> Variable {
    let y = h.multiplied(by: recurrent)
    return recurrentBias.map { y.addingBias($0) } ?? y
  }

  /// The GRU of Cho et al. 2014: `n = tanh(an + (r h) Rn)`.
  private func resetFirst(_ projected: Variable, _ state: Variable?) -> Variable {
    guard let split else { preconditionFailure("only a GRU without reset_after resets first") }
    let h = state ?? Variable(Tensor.zeros([projected.shape.rows, units]))
    let gates = (projected.columns(0..<(2 * units)) + h.multiplied(by: .variable(split.gates))).squashed(gate)
    let (z, r) = (gates.columns(0..<units), gates.columns(units..<(2 * units)))
    let candidate = projected.columns((2 * units)..<(3 * units)) + (r * h).multiplied(by: .variable(split.candidate))
    let n = candidate.tanh()
    return n + z * (h - n)
  }
}
