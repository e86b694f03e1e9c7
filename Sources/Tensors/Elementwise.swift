import CKernels

extension Tensor {
  public func exp() -> Tensor { map(kernels.exp) }
  public func tanh() -> Tensor { map(kernels.tanh) }
  public func sigmoid() -> Tensor { map(kernels.sigmoid) }

  private func map(_ loop: @convention(c) (Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void) -> Tensor {
    Tensor(shape) { y in
      withUnsafeElements { x in
        parallelRanges(count, cost: 8, grain: 64) { loop($0.count, x + $0.lowerBound, y + $0.lowerBound) }
      }
    }
  }

  public static func + (a: Tensor, b: Tensor) -> Tensor { broadcast(a, b, +) }
  public static func - (a: Tensor, b: Tensor) -> Tensor { broadcast(a, b, -) }
  public static func * (a: Tensor, b: Tensor) -> Tensor { broadcast(a, b, *) }
  public static func * (a: Tensor, b: Float) -> Tensor { a * Tensor(b) }

  /// Adds a tensor of the same shape in place.
  public mutating func add(_ other: Tensor) { add(other, scaledBy: 1) }

  /// Adds `scale * other`, of the same shape, in place.
  public mutating func add(_ other: Tensor, scaledBy scale: Float) {
    precondition(shape.count == other.shape.count, "adding \(other.shape) to \(shape)")
    let count = count
    withUnsafeMutableElements { y in
      other.withUnsafeElements { x in
        parallelRanges(count, cost: 2, grain: 64) { range in
          kernels.axpy(range.count, scale, x + range.lowerBound, y + range.lowerBound)
        }
      }
    }
  }

  public func dot(_ other: Tensor) -> Float {
    precondition(count == other.count)
    return withUnsafeElements { x in other.withUnsafeElements { kernels.dot(count, x, $0) } }
  }

  /// In double precision, so that the norm of millions of numbers keeps its digits.
  public var sumOfSquares: Double { withUnsafeElements { kernels.sum_of_squares(count, $0) } }
}

extension Tensor {
  /// Adds `other` to rows `range` of the first axis, in place.
  public mutating func addRows(_ range: Range<Int>, _ other: Tensor) {
    precondition(range.count * shape.stride == other.count && range.lowerBound >= 0 && range.upperBound <= shape[0])
    let stride = shape.stride
    withUnsafeMutableElements { y in
      other.withUnsafeElements { kernels.add(other.count, $0, y + range.lowerBound * stride) }
    }
  }

  /// Adds the sum over all rows of a matrix to this vector, in place.
  public mutating func addSumOfRows(_ matrix: Tensor) {
    let columns = matrix.shape.columns
    precondition(count == columns, "\(matrix.shape) does not sum to \(shape)")
    withUnsafeMutableElements { y in
      matrix.withUnsafeElements { x in
        for row in 0..<matrix.shape.rows { kernels.add(columns, x + row * columns, y) }
      }
    }
  }
}
