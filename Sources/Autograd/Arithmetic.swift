import Tensors

extension Variable {
  /// Sum with broadcasting.
  public static func + (a: Variable, b: Variable) -> Variable {
    .result(a.value + b.value, of: [a, b]) { dy, gradients in
      gradients.add(dy.summed(to: a.shape), to: a)
      gradients.add(dy.summed(to: b.shape), to: b)
    }
  }

  /// Difference with broadcasting.
  public static func - (a: Variable, b: Variable) -> Variable {
    .result(a.value - b.value, of: [a, b]) { dy, gradients in
      gradients.add(dy.summed(to: a.shape), to: a)
      gradients.add((dy * -1).summed(to: b.shape), to: b)
    }
  }

  /// Product element by element, with broadcasting.
  public static func * (a: Variable, b: Variable) -> Variable {
    .result(a.value * b.value, of: [a, b]) { dy, gradients in
      gradients.add((dy * b.value).summed(to: a.shape), to: a)
      gradients.add((dy * a.value).summed(to: b.shape), to: b)
    }
  }

  public static func * (a: Variable, b: Float) -> Variable { a * Variable(Tensor(b)) }

  public func tanh() -> Variable {
    let y = value.tanh()
    return .result(y, of: [self]) { [self] dy, gradients in
      gradients.add(dy * (Tensor(1) - y * y), to: self)
    }
  }

  public func sigmoid() -> Variable {
    let y = value.sigmoid()
    return .result(y, of: [self]) { [self] dy, gradients in
      gradients.add(dy * y * (Tensor(1) - y), to: self)
    }
  }

  public func exp() -> Variable {
    let y = value.exp()
    return .result(y, of: [self]) { [self] dy, gradients in gradients.add(dy * y, to: self) }
  }

  /// The sum of all elements, a scalar.
  public func sum() -> Variable {
    .result(Tensor(Float(value.sum)), of: [self]) { [self] dy, gradients in
      gradients.add(Tensor(shape, repeating: dy.scalar), to: self)
    }
  }

  /// Adds a vector to every row, e.g. a bias: `[..., N]` + `[N]`.
  public func addingBias(_ bias: Variable) -> Variable {
    .result(value + bias.value, of: [self, bias]) { [self] dy, gradients in
      gradients.add(dy, to: self)
      gradients.update(bias) { $0.addSumOfRows(dy) }
    }
  }

  /// Rows of `self` where `mask` is true, rows of `other` elsewhere; both `[B, ...]`, one mask entry a row.
  public func selecting(_ mask: [Bool], else other: Variable) -> Variable {
    precondition(shape == other.shape && mask.count == shape[0], "\(shape), \(other.shape), \(mask.count) rows")
    let column = Shape([mask.count] + Array(repeating: 1, count: shape.rank - 1))
    let open = Tensor(column, mask.map { $0 ? 1 : 0 })
    let closed = Tensor(1) - open
    return .result(value * open + other.value * closed, of: [self, other]) { [self] dy, gradients in
      gradients.add(dy * open, to: self)
      gradients.add(dy * closed, to: other)
    }
  }

  /// Zeroes each element with probability `rate` and scales the rest so that the mean stays.
  ///
  /// - Precondition: `0 <= rate < 1`.
  public func dropout(_ rate: Float, using generator: inout some RandomNumberGenerator) -> Variable {
    precondition(rate >= 0 && rate < 1)
    if rate == 0 { return self }
    let threshold = UInt32(Double(rate) * 4_294_967_296)
    let keep = 1 / (1 - rate)
    let mask = Tensor(shape) { out in
      for i in 0..<shape.count {
        out[i] = UInt32(truncatingIfNeeded: generator.next() >> 32) < threshold ? 0 : keep
      }
    }
    return self * Variable(mask)
  }
}
