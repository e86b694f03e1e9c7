import CKernels

extension Tensor {
  /// Rows `indices` of the first axis, one after the other: `[N, ...]` to `[indices.count, ...]`.
  ///
  /// - Precondition: every index is inside.
  public func gather(_ indices: [Int]) -> Tensor {
    let stride = shape.stride
    return Tensor(shape.replacing(0, with: indices.count)) { out in
      withUnsafeElements { x in
        for (row, index) in indices.enumerated() {
          precondition(index >= 0 && index < shape[0], "row \(index) of \(shape)")
          (out + row * stride).initialize(from: x + index * stride, count: stride)
        }
      }
    }
  }

  /// Tensors of equal trailing axes, one after the other along the first axis.
  public static func concatenatingRows(_ parts: [Tensor]) -> Tensor {
    precondition(!parts.isEmpty, "nothing to concatenate")
    let shape = parts[0].shape.replacing(0, with: parts.reduce(0) { $0 + $1.shape[0] })
    return Tensor(shape) { out in
      var start = 0
      for part in parts {
        precondition(part.shape.stride == shape.stride, "\(part.shape) beside \(shape)")
        part.withUnsafeElements { (out + start).initialize(from: $0, count: part.count) }
        start += part.count
      }
    }
  }

  /// Tensors of equal leading axes, side by side along the last axis.
  public static func concatenatingColumns(_ parts: [Tensor]) -> Tensor {
    precondition(!parts.isEmpty, "nothing to concatenate")
    let columns = parts.reduce(0) { $0 + $1.shape.columns }
    let rows = parts[0].shape.rows
    return Tensor(parts[0].shape.replacing(-1, with: columns)) { out in
      var start = 0
      for part in parts {
        precondition(part.shape.rows == rows, "\(part.shape) beside \(parts[0].shape)")
        let width = part.shape.columns
        part.withUnsafeElements { x in
          for row in 0..<rows { (out + row * columns + start).initialize(from: x + row * width, count: width) }
        }
        start += width
      }
    }
  }

  /// Columns `range` of the last axis.
  public func columns(_ range: Range<Int>) -> Tensor {
    precondition(range.lowerBound >= 0 && range.upperBound <= shape.columns, "columns \(range) of \(shape)")
    let width = shape.columns
    return Tensor(shape.replacing(-1, with: range.count)) { out in
      withUnsafeElements { x in
        for row in 0..<shape.rows {
          (out + row * range.count).initialize(from: x + row * width + range.lowerBound, count: range.count)
        }
      }
    }
  }

  /// Swaps the first two axes: `[A, B, ...]` to `[B, A, ...]`, e.g. time-major to batch-major.
  public func swappingFirstAxes() -> Tensor {
    precondition(shape.rank >= 2, "\(shape) has no two axes")
    let (a, b) = (shape[0], shape[1])
    let width = shape.count / max(a * b, 1)
    return Tensor(shape.replacing(0, with: b).replacing(1, with: a)) { out in
      withUnsafeElements { x in
        for i in 0..<a {
          for j in 0..<b { (out + (j * a + i) * width).initialize(from: x + (i * b + j) * width, count: width) }
        }
      }
    }
  }
}

extension Tensor {
  /// Adds `other` to columns `range` of the last axis, in place.
  public mutating func addColumns(_ range: Range<Int>, _ other: Tensor) {
    precondition(other.shape.columns == range.count && other.shape.rows == shape.rows, "\(other.shape) into \(shape)")
    let (rows, width) = (shape.rows, shape.columns)
    withUnsafeMutableElements { y in
      other.withUnsafeElements { x in
        for row in 0..<rows { kernels.add(range.count, x + row * range.count, y + row * width + range.lowerBound) }
      }
    }
  }
}
