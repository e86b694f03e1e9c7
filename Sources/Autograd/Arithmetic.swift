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
}
