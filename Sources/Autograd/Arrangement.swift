import Tensors

extension Variable {
  public func reshaped(_ shape: Shape) -> Variable {
    .result(value.reshaped(shape), of: [self]) { [self] dy, gradients in
      gradients.add(dy.reshaped(self.shape), to: self)
    }
  }

  /// Entries `range` of the first axis, sharing storage.
  public func rows(_ range: Range<Int>) -> Variable {
    if range == 0..<shape[0] { return self }
    return .result(value.rows(range), of: [self]) { [self] dy, gradients in
      gradients.update(self) { $0.addRows(range, dy) }
    }
  }

  /// Columns `range` of the last axis.
  public func columns(_ range: Range<Int>) -> Variable {
    .result(value.columns(range), of: [self]) { [self] dy, gradients in
      gradients.update(self) { $0.addColumns(range, dy) }
    }
  }

  /// Entries `indices` of the first axis; an index may come again.
  public func gather(_ indices: [Int]) -> Variable {
    .result(value.gather(indices), of: [self]) { [self] dy, gradients in
      gradients.update(self) { sum in
        for (row, index) in indices.enumerated() { sum.addRows(index..<(index + 1), dy.rows(row..<(row + 1))) }
      }
    }
  }

  /// One after the other along the first axis.
  public static func concatenatingRows(_ parts: [Variable]) -> Variable {
    .result(Tensor.concatenatingRows(parts.map(\.value)), of: parts) { dy, gradients in
      var start = 0
      for part in parts {
        gradients.add(dy.rows(start..<(start + part.shape[0])), to: part)
        start += part.shape[0]
      }
    }
  }

  /// Side by side along the last axis.
  public static func concatenatingColumns(_ parts: [Variable]) -> Variable {
    .result(Tensor.concatenatingColumns(parts.map(\.value)), of: parts) { dy, gradients in
      var start = 0
      for part in parts {
        gradients.add(dy.columns(start..<(start + part.shape.columns)), to: part)
        start += part.shape.columns
      }
    }
  }

  /// `[A, B, ...]` to `[B, A, ...]`.
  public func swappingFirstAxes() -> Variable {
    .result(value.swappingFirstAxes(), of: [self]) { [self] dy, gradients in
      gradients.add(dy.swappingFirstAxes(), to: self)
    }
  }
}
