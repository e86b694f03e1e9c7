import CKernels
import Tensors

extension Variable {
  /// One step of an LSTM (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000), fused.
  ///
  /// `self` is the projected input with its bias `[N, 4U]`, gates in the order i, f, c, o of Keras and PyTorch.
  ///
  /// - Parameters:
  ///   - hidden: `[N, U]`.
  ///   - cell: `[N, U]`.
  ///   - recurrent: `[U, 4U]`.
  /// - Returns: the next hidden and cell state.
  public func lstmStep(hidden: Variable, cell: Variable, recurrent: Weight) -> (hidden: Variable, cell: Variable) {
    let (n, units) = (shape.rows, shape.columns / 4)
    var gates = value + Variable(hidden.value).multiplied(by: recurrent.constant).value
    var next = Tensor.zeros([0])
    let nextHidden = Tensor([n, units]) { out in
      next = Tensor([n, units]) { nextCell in
        gates.withUnsafeMutableElements { a in
          cell.value.withUnsafeElements { c in
            parallelRanges(n, cost: units * 50) { range in
              let i = range.lowerBound * units
              kernels.lstm(range.count, units, a + 4 * i, c + i, nextCell + i, out + i)
            }
          }
        }
      }
    }
    // Both results come from one step back: it hangs on the pair, of which each result is one half.
    let pair = Tensor.concatenatingRows([nextHidden, next].map { $0.reshaped([1, n, units]) })
    var inputs = [self, hidden, cell]
    if case .variable(let kernel) = recurrent { inputs.append(kernel) }
    guard inputs.contains(where: \.isRecorded) else { return (Variable(nextHidden), Variable(next)) }
    let both = Variable.result(pair, of: inputs) { [self, gates, next] dy, gradients in
      let (da, dc) = lstmBackward(dy, gates: gates, cell: cell.value, next: next)
      gradients.add(da, to: self)
      gradients.add(dc, to: cell)
      var dh = Tensor.zeros(hidden.shape)
      recurrent.addTransposedProduct(da, to: &dh)
      gradients.add(dh, to: hidden)
      if case .variable(let kernel) = recurrent { gradients.addProduct(hidden.value, da, to: kernel) }
    }
    return (both.rows(0..<1).reshaped([n, units]), both.rows(1..<2).reshaped([n, units]))
  }
}

private func lstmBackward(_ dy: Tensor, gates: Tensor, cell: Tensor, next: Tensor) -> (da: Tensor, dc: Tensor) {
  let (n, units) = (next.shape[0], next.shape[1])
  var dc = Tensor.zeros([0])
  let da = Tensor(gates.shape) { da in
    dc = Tensor([n, units]) { dc in
      dy.withUnsafeElements { dy in
        gates.withUnsafeElements { gates in
          cell.withUnsafeElements { c in
            next.withUnsafeElements { next in
              parallelRanges(n, cost: units * 30) { range in
                let i = range.lowerBound * units
                kernels.lstm_backward(
                  range.count, units, gates + 4 * i, c + i, next + i, dy + i, dy + n * units + i, da + 4 * i, dc + i)
              }
            }
          }
        }
      }
    }
  }
  return (da, dc)
}
