import Tensors

extension HeadMemory {
  /// The keys of all sentences, one after the other, `[N, H*K]`: a copy.
  public var keyRows: Tensor { copied(keyWidth) { withKeys($0) } }

  /// The values of all sentences, `[N, H*V]`: a copy.
  public var valueRows: Tensor { copied(valueWidth) { withValues($0) } }

  private func copied(
    _ width: Int, _ withRows: ((_ stride: Int, _ first: (Int) -> UnsafePointer<Float>) -> Void) -> Void
  ) -> Tensor {
    let packing = packing
    return Tensor([packing.rows, width]) { out in
      withRows { stride, first in
        var next = out
        for sentence in 0..<packing.count {
          for row in 0..<packing.range(sentence).count {
            next.update(from: first(sentence) + row * stride, count: width)
            next += width
          }
        }
      }
    }
  }
}
