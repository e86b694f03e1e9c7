import CKernels
import Tensors

// Batches of attention. The memory (keys or values) is `[B, S, U]`; the queries may be fewer, `[N, ...]` with N <= B,
// and then belong to the first N sentences: a decoder drops sentences from the end as they finish.

extension Variable {
  /// Additive scores (Bahdanau et al. 2015): `scores[n, s] = v · tanh(self[n] + keys[n, s])`, `[N, S]`.
  ///
  /// `self` is the projected query `[N, U]`, `keys` the projected encoder states `[B, S, U]`, `v` `[U]`.
  public func additiveScores(keys: Variable, v: Variable) -> Variable {
    let (n, length, units) = memorySizes(keys)
    precondition(shape.columns == units && v.value.count == units, "\(shape) and \(v.shape) for keys \(keys.shape)")
    let scores = Tensor([n, length]) { out in
      value.withUnsafeElements { q in
        keys.value.withUnsafeElements { k in
          v.value.withUnsafeElements { v in
            parallelRanges(n, cost: length * units * 12) { range in
              let b = range.lowerBound
              kernels.additive_scores(
                range.count, length, units, q + b * units, k + b * length * units, v, out + b * length)
            }
          }
        }
      }
    }
    return .result(scores, of: [self, keys, v]) { [self] dy, gradients in
      additiveScoresBackward(dy, keys: keys, v: v, &gradients)
    }
  }

  private func additiveScoresBackward(_ dy: Tensor, keys: Variable, v: Variable, _ gradients: inout Gradients) {
    let (n, length, units) = memorySizes(keys)
    var dq = Tensor.zeros(shape)
    // Each thread sums into its own row, so that the order of addition does not depend on timing.
    let parts = n * length * units < 20_000 ? 1 : Threads.count
    let share = (n + parts - 1) / parts
    var dv = Tensor.zeros([parts, units])
    func run(_ dk: UnsafeMutablePointer<Float>) {
      dq.withUnsafeMutableElements { dq in
        dv.withUnsafeMutableElements { dv in
          value.withUnsafeElements { q in
            keys.value.withUnsafeElements { k in
              v.value.withUnsafeElements { v in
                dy.withUnsafeElements { dy in
                  parallelRanges(parts, cost: .max / 4096) { range in
                    for part in range where part * share < n {
                      let b = part * share
                      kernels.additive_scores_backward(
                        min(share, n - b), length, units, q + b * units, k + b * length * units, v, dy + b * length,
                        dq + b * units, dk + b * length * units, dv + part * units)
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
    if keys.isRecorded {
      gradients.update(keys) { $0.withUnsafeMutableElements(run) }
    } else {
      var unused = Tensor.zeros(keys.shape)
      unused.withUnsafeMutableElements(run)
    }
    gradients.add(dq, to: self)
    gradients.update(v) { $0.addSumOfRows(dv) }
  }

  /// Scores as plain products: `scores[n, s] = self[n] · keys[n, s]`, `[N, S]`.
  public func dotScores(keys: Variable) -> Variable {
    let (n, length, units) = memorySizes(keys)
    precondition(shape.columns == units, "\(shape) for keys \(keys.shape)")
    return .result(Self.dotRows(value, keys.value, n, length, units), of: [self, keys]) { [self] dy, gradients in
      gradients.add(Self.weightedRows(dy, keys.value, n, length, units).reshaped(shape), to: self)
      gradients.update(keys) { Self.addOuterRows(dy, value, n, length, units, to: &$0) }
    }
  }

  /// The context: `self` holds weights `[N, S]`, `values` `[B, S, D]`; gives `[N, D]`.
  public func weightedSum(of values: Variable) -> Variable {
    let (n, length, width) = memorySizes(values)
    precondition(shape.columns == length, "\(shape) weights for values \(values.shape)")
    return .result(Self.weightedRows(value, values.value, n, length, width), of: [self, values]) {
      [self] dy, gradients in
      gradients.add(Self.dotRows(dy, values.value, n, length, width), to: self)
      gradients.update(values) { Self.addOuterRows(value, dy, n, length, width, to: &$0) }
    }
  }

  private func memorySizes(_ memory: Variable) -> (n: Int, length: Int, units: Int) {
    precondition(memory.shape.rank == 3 && shape[0] <= memory.shape[0], "\(shape) queries for \(memory.shape)")
    return (shape[0], memory.shape[1], memory.shape[2])
  }

  private static func dotRows(_ x: Tensor, _ memory: Tensor, _ n: Int, _ length: Int, _ units: Int) -> Tensor {
    Tensor([n, length]) { out in
      x.withUnsafeElements { x in
        memory.withUnsafeElements { m in
          parallelRanges(n, cost: length * units) { range in
            let b = range.lowerBound
            kernels.dot_rows(range.count, length, units, x + b * units, m + b * length * units, out + b * length)
          }
        }
      }
    }
  }

  private static func weightedRows(_ w: Tensor, _ memory: Tensor, _ n: Int, _ length: Int, _ units: Int) -> Tensor {
    var result = Tensor.zeros([n, units])
    result.withUnsafeMutableElements { out in
      w.withUnsafeElements { w in
        memory.withUnsafeElements { m in
          parallelRanges(n, cost: length * units) { range in
            let b = range.lowerBound
            kernels.weighted_rows(range.count, length, units, w + b * length, m + b * length * units, out + b * units)
          }
        }
      }
    }
    return result
  }

  private static func addOuterRows(
    _ w: Tensor, _ x: Tensor, _ n: Int, _ length: Int, _ units: Int, to memory: inout Tensor
  ) {
    memory.withUnsafeMutableElements { m in
      w.withUnsafeElements { w in
        x.withUnsafeElements { x in
          parallelRanges(n, cost: length * units) { range in
            let b = range.lowerBound
            kernels.outer_rows(range.count, length, units, w + b * length, x + b * units, m + b * length * units)
          }
        }
      }
    }
  }
}
