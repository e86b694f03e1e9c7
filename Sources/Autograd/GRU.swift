import CKernels
import Tensors

extension Variable {
  /// One step of Keras' GRU with `reset_after=True` (Cho et al. 2014, in the form that cuDNN computes), fused.
  ///
  /// `self` is the projected input with its bias `[N, 3U]`, gates in the order z, r, n:
  /// `z = s(az + cz)`, `r = s(ar + cr)`, `n = tanh(an + r cn)`, `h' = z h + (1 - z) n` with `c = h R + bias`.
  ///
  /// - Parameters:
  ///   - state: `[N, U]`, or nil for zeros, which skips the product.
  ///   - recurrent: R, `[U, 3U]`.
  ///   - bias: the recurrent bias, `[3U]`.
  /// - Returns: `[N, U]`.
  public func gruStep(state: Variable?, recurrent: Weight, bias: Variable) -> Variable {
    let (n, units) = (shape.rows, shape.columns / 3)
    let product = state.map { Variable($0.value).multiplied(by: recurrent.constant).value }
    var gates = Tensor.zeros([0])
    let next = Tensor([n, units]) { out in
      gates = Tensor([n, 3 * units]) { gates in
        gruForward(n, units, product, bias.value, state?.value, gates, out)
      }
    }
    var inputs = [self, bias]
    if let state { inputs.append(state) }
    if case .variable(let kernel) = recurrent { inputs.append(kernel) }
    return .result(next, of: inputs) { [self, gates] dy, gradients in
      var (da, db) = (gates, gates)
      var dh = state?.value
      gruBackward(n, units, dy, product, bias.value, state?.value, gates, &da, &db, &dh)
      gradients.add(da, to: self)
      gradients.update(bias) { $0.addSumOfRows(db) }
      guard let state, var dh else { return }
      recurrent.addTransposedProduct(db, to: &dh)
      gradients.add(dh, to: state)
      if case .variable(let kernel) = recurrent { gradients.addProduct(state.value, db, to: kernel) }
    }
  }

  private func gruForward(
    _ n: Int, _ units: Int, _ product: Tensor?, _ bias: Tensor, _ state: Tensor?,
    _ gates: UnsafeMutablePointer<Float>, _ out: UnsafeMutablePointer<Float>
  ) {
    value.withUnsafeElements { a in
      withElements(product) { b in
        bias.withUnsafeElements { bias in
          withElements(state) { h in
            parallelRanges(n, cost: units * 40) { range in
              let (i, wide) = (range.lowerBound * units, range.lowerBound * units * 3)
              kernels.gru(
                range.count, units, a + wide, b.map { $0 + wide }, bias, h.map { $0 + i }, gates + wide, out + i)
            }
          }
        }
      }
    }
  }
}

private func gruBackward(
  _ n: Int, _ units: Int, _ dy: Tensor, _ product: Tensor?, _ bias: Tensor, _ state: Tensor?, _ gates: Tensor,
  _ da: inout Tensor, _ db: inout Tensor, _ dh: inout Tensor?
) {
  withMutableElements(&dh) { dh in
    da.withUnsafeMutableElements { da in
      db.withUnsafeMutableElements { db in
        dy.withUnsafeElements { g in
          gates.withUnsafeElements { gates in
            withElements(product) { b in
              withElements(state) { h in
                bias.withUnsafeElements { bias in
                  parallelRanges(n, cost: units * 20) { range in
                    let (i, wide) = (range.lowerBound * units, range.lowerBound * units * 3)
                    kernels.gru_backward(
                      range.count, units, g + i, b.map { $0 + wide }, bias, h.map { $0 + i }, gates + wide, da + wide,
                      db + wide, dh.map { $0 + i })
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}

/// The elements of a tensor that may be absent.
func withElements<Result>(_ tensor: Tensor?, _ body: (UnsafePointer<Float>?) -> Result) -> Result {
  tensor?.withUnsafeElements { body($0) } ?? body(nil)
}

func withMutableElements(_ tensor: inout Tensor?, _ body: (UnsafeMutablePointer<Float>?) -> Void) {
  if tensor == nil { body(nil) } else { tensor!.withUnsafeMutableElements { body($0) } }
}

extension Weight {
  /// The same matrix without its tape.
  var constant: Weight {
    if case .variable(let variable) = self { .variable(Variable(variable.value)) } else { self }
  }

  /// Adds `dy` times the transpose of this matrix to `gradient`.
  func addTransposedProduct(_ dy: Tensor, to gradient: inout Tensor) {
    switch self {
    case .variable(let variable): gradient.addProduct(dy, variable.value, transposedB: true)
    case .stored(let matrix): gradient.add(matrix.multiply(dy, transposed: true))
    }
  }
}
