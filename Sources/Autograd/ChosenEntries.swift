import Tensors

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Variable {
  /// The mean of `-log p` over chosen entries, which are probabilities: a scalar, 0 where none are chosen.
  ///
  /// A probability below `1e-9` counts as that, so that the loss and its gradient stay finite.
  ///
  /// - Parameter entries: flat places in `self`, none twice.
  public func meanNegativeLog(of entries: [Int]) -> Variable {
    precondition(entries.allSatisfy { $0 >= 0 && $0 < shape.count }, "an entry outside \(shape)")
    let share = 1 / Float(max(entries.count, 1))
    let chosen = value.withUnsafeElements { p in entries.map { max(p[$0], 1e-9) } }
    let sum = chosen.reduce(0.0) { $0 - Double(log($1)) }
    return .result(Tensor(Float(sum) * share), of: [self]) { [self] dy, gradients in
      var dx = Tensor.zeros(shape)
      dx.withUnsafeMutableElements { dx in
        for (entry, p) in zip(entries, chosen) { dx[entry] = -dy.scalar * share / p }
      }
      gradients.add(dx, to: self)
    }
  }
}
