import Autograd
import Tensors

/// Cells whose gates are no sigmoids, for checkpoints of Keras before version 2.3: one operation after the other, since
/// the fused ones know sigmoids alone.
extension RecurrentCell {
  /// A GRU that resets after the product: `n = tanh(an + r (h Rn + bn))`.
  func resetLast(_ projected: Variable, _ state: Variable?) -> Variable {
    let h = state ?? Variable(Tensor.zeros([projected.shape.rows, units]))
    let recurrent = recurrentProjection(h)
    func part(_ x: Variable, _ number: Int) -> Variable { x.columns((number * units)..<((number + 1) * units)) }
    let z = (part(projected, 0) + part(recurrent, 0)).squashed(gate)
    let r = (part(projected, 1) + part(recurrent, 1)).squashed(gate)
    let n = (part(projected, 2) + r * part(recurrent, 2)).tanh()
    return n + z * (h - n)
  }

  /// An LSTM: `c = f c + i tanh(ac)`, `h = o tanh(c)`.
  func remembering(_ projected: Variable, _ state: RecurrentState) -> RecurrentState {
    let gates = projected + recurrentProjection(state.hidden)
    func part(_ number: Int) -> Variable { gates.columns((number * units)..<((number + 1) * units)) }
    let cell =
      part(1).squashed(gate) * (state.cell ?? state.hidden) + part(0).squashed(gate) * part(2).tanh()
    return RecurrentState(hidden: part(3).squashed(gate) * cell.tanh(), cell: cell)
  }
}

extension Variable {
  /// A gate of each number.
  func squashed(_ gate: GateActivation) -> Variable {
    let slope: Float
    switch gate {
    case .sigmoid: return sigmoid()
    case .hardSigmoid: slope = 0.2
    case .hardSigmoid6: slope = 1 / 6
    }
    let line = self * slope + Variable(Tensor(shape, repeating: 0.5))
    // Cut off at 0, then take away what lies over 1.
    return line.activated(.relu) - (line - Variable(Tensor(shape, repeating: 1))).activated(.relu)
  }
}
