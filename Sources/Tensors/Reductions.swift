import CKernels

extension Tensor {
  /// The sum of all elements, in double precision.
  public var sum: Double {
    withUnsafeElements { x in (0..<count).reduce(0) { $0 + Double(x[$1]) } }
  }

  /// Sums over the last axis: `[..., N]` to `[...]`.
  public func sumOfColumns() -> Tensor { reduceRows { row, n in (0..<n).reduce(Float(0)) { $0 + row[$1] } } }

  /// The greatest of the last axis: `[..., N]` to `[...]`; not-a-number is skipped.
  public func maximumOfColumns() -> Tensor {
    reduceRows { row, n in (0..<n).reduce(-Float.infinity) { row[$1] > $0 ? row[$1] : $0 } }
  }

  private func reduceRows(_ reduce: (UnsafePointer<Float>, Int) -> Float) -> Tensor {
    Tensor(Shape(shape.dimensions.dropLast())) { out in
      withUnsafeElements { x in
        for row in 0..<shape.rows { out[row] = reduce(x + row * shape.columns, shape.columns) }
      }
    }
  }

  /// The position of the greatest element in each row, the first of equals; 0 in a row without numbers.
  public func argmaxOfColumns() -> [Int] {
    withUnsafeElements { x in
      (0..<shape.rows).map { row in
        let row = x + row * shape.columns
        var best = 0
        for j in 0..<shape.columns where row[j] > row[best] || row[best].isNaN { best = j }
        return best
      }
    }
  }

  /// Softmax over the last axis, shifted by the row's greatest element so that nothing overflows.
  ///
  /// - Parameter mask: as many entries as elements, 0 where closed: those become exactly 0. A row without an open
  ///   entry becomes all zero.
  public func softmax(mask: [UInt8]? = nil) -> Tensor {
    precondition(mask == nil || mask!.count == count, "a mask of \(mask?.count ?? 0) for \(shape)")
    let columns = shape.columns
    return Tensor(shape) { y in
      withUnsafeElements { x in
        (mask ?? []).withUnsafeBufferPointer { open in
          parallelRanges(shape.rows, cost: columns * 10) { rows in
            let start = rows.lowerBound * columns
            let open = mask == nil ? nil : open.baseAddress.map { $0 + start }
            kernels.softmax(rows.count, columns, x + start, open, y + start)
          }
        }
      }
    }
  }
}
