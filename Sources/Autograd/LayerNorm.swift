import CKernels
import Tensors

extension Variable {
  /// Layer normalisation (Ba et al. 2016) over the last axis: `(x - mean) / sqrt(variance + epsilon) * gain + shift`.
  ///
  /// - Parameters:
  ///   - gain: `[D]`.
  ///   - shift: `[D]`, or nil for none.
  ///   - isCentred: false leaves the mean where it is, which is root mean square normalisation (Zhang & Sennrich 2019).
  public func layerNorm(gain: Variable, shift: Variable?, epsilon: Float, isCentred: Bool = true) -> Variable {
    let (rows, columns) = (shape.rows, shape.columns)
    precondition(gain.value.count == columns && (shift == nil || shift?.value.count == columns), "\(gain.shape)")
    var moments = Tensor.zeros([rows, 2])
    let y = Tensor(shape) { out in
      moments.withUnsafeMutableElements { moments in
        value.withUnsafeElements { x in
          gain.value.withUnsafeElements { gain in
            withElements(shift?.value) { shift in
              parallelRanges(rows, cost: columns * 4) { range in
                let start = range.lowerBound * columns
                kernels.layer_norm(
                  range.count, columns, isCentred ? 1 : 0, epsilon, x + start, gain, shift, out + start,
                  moments + 2 * range.lowerBound)
              }
            }
          }
        }
      }
    }
    return .result(y, of: [self, gain] + (shift.map { [$0] } ?? [])) { [self, moments] dy, gradients in
      let (dx, dgain, dshift) = layerNormBackward(dy, gain.value, moments, hasShift: shift != nil, isCentred)
      gradients.add(dx, to: self)
      gradients.update(gain) { $0.addSumOfRows(dgain) }
      if let shift { gradients.update(shift) { $0.addSumOfRows(dshift) } }
    }
  }

  /// The gradients of gain and shift come in one row for each thread, so that the order of addition does not depend
  /// on timing.
  private func layerNormBackward(
    _ dy: Tensor, _ gain: Tensor, _ moments: Tensor, hasShift: Bool, _ isCentred: Bool
  ) -> (dx: Tensor, dgain: Tensor, dshift: Tensor) {
    let (rows, columns) = (shape.rows, shape.columns)
    let parts = shape.count < 20_000 ? 1 : Threads.count
    let share = (rows + parts - 1) / parts
    var (dgain, dshift) = (Tensor.zeros([parts, columns]), Tensor.zeros([hasShift ? parts : 0, columns]))
    let dx = Tensor(shape) { out in
      dgain.withUnsafeMutableElements { dgain in
        dshift.withUnsafeMutableElements { dshift in
          value.withUnsafeElements { x in
            dy.withUnsafeElements { dy in
              gain.withUnsafeElements { gain in
                moments.withUnsafeElements { moments in
                  parallelRanges(parts, cost: .max / 4096) { range in
                    for part in range where part * share < rows {
                      let (row, start) = (part * share, part * share * columns)
                      kernels.layer_norm_backward(
                        min(share, rows - row), columns, isCentred ? 1 : 0, x + start, gain, moments + 2 * row,
                        dy + start, out + start, dgain + part * columns, hasShift ? dshift + part * columns : nil)
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
    return (dx, dgain, dshift)
  }
}
