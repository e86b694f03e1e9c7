import CKernels
import Tensors

extension Variable {
  /// Zeroes each element with probability `rate` and scales the rest so that the mean stays (Srivastava et al. 2014).
  ///
  /// One number is drawn from `generator`; which elements fall follows from it.
  ///
  /// - Precondition: `0 <= rate < 1`.
  public func dropout(_ rate: Float, using generator: inout some RandomNumberGenerator) -> Variable {
    precondition(rate >= 0 && rate < 1)
    if rate == 0 { return self }
    let seed = generator.next()
    return .result(value.dropped(rate, seed), of: [self]) { [self] dy, gradients in
      gradients.add(dy.dropped(rate, seed), to: self)
    }
  }
}

extension Tensor {
  fileprivate func dropped(_ rate: Float, _ seed: UInt64) -> Tensor {
    let threshold = UInt32(Double(rate) * 4_294_967_296)
    return Tensor(shape) { out in
      withUnsafeElements { x in
        parallelRanges(count, cost: 2, grain: 64) { range in
          let start = range.lowerBound
          kernels.dropout(seed, start, range.count, threshold, 1 / (1 - rate), x + start, out + start)
        }
      }
    }
  }
}
