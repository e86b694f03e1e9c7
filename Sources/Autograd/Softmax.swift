import CKernels
import Tensors

extension Variable {
  /// Softmax over the last axis; entries whose mask is 0 become exactly 0 and pass no gradient.
  public func softmax(mask: [UInt8]? = nil) -> Variable {
    let y = value.softmax(mask: mask)
    return .result(y, of: [self]) { [self] dy, gradients in
      let columns = shape.columns
      let dx = Tensor(shape) { out in
        y.withUnsafeElements { y in
          dy.withUnsafeElements { dy in kernels.softmax_backward(shape.rows, columns, y, dy, out) }
        }
      }
      gradients.add(dx, to: self)
    }
  }

  /// The weighted sum of each row's cross-entropy with its target, a scalar.
  ///
  /// - Parameters:
  ///   - targets: one class for each row of `self`, which holds logits `[rows, V]`.
  ///   - weights: how much each row counts; 0 leaves it out.
  ///   - smoothing: the share of probability spread evenly over all classes (Szegedy et al. 2016, section 7).
  public func crossEntropy(targets: [Int], weights: [Float], smoothing: Float = 0) -> Variable {
    let (rows, columns) = (shape.rows, shape.columns)
    precondition(targets.count == rows && weights.count == rows, "\(targets.count) targets for \(shape)")
    precondition(targets.allSatisfy { $0 >= 0 && $0 < columns }, "a target outside the \(columns) classes")
    let classes = targets.map { Int32($0) }
    var normalizers = [Float](repeating: 0, count: rows)
    let losses = Tensor([rows]) { losses in
      normalizers.withUnsafeMutableBufferPointer { normalizers in
        guard let norm = normalizers.baseAddress else { return }
        nonisolated(unsafe) let norms = norm
        value.withUnsafeElements { x in
          parallelRanges(rows, cost: columns * 10) { range in
            let start = range.lowerBound
            classes.withUnsafeBufferPointer { classes in
              kernels.cross_entropy(
                range.count, columns, x + start * columns, classes.baseAddress! + start, smoothing, losses + start,
                norms + start)
            }
          }
        }
      }
    }
    let loss = losses.dot(Tensor([rows], weights))
    return .result(Tensor(loss), of: [self]) { [self, normalizers] dy, gradients in
      let scales = weights.map { $0 * dy.scalar }
      let gradient = Tensor(shape) { out in
        value.withUnsafeElements { x in
          parallelRanges(rows, cost: columns * 10) { range in
            let start = range.lowerBound
            kernels.cross_entropy_backward(
              range.count, columns, x + start * columns, Array(classes[range]), smoothing, Array(normalizers[range]),
              Array(scales[range]), out + start * columns)
          }
        }
      }
      gradients.add(gradient, to: self)
    }
  }
}
