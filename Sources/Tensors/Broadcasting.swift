/// The common shape of two operands by NumPy's rule: aligned at the last axis, sizes equal or one of them 1.
///
/// - Precondition: the shapes are compatible.
public func broadcastShape(_ a: Shape, _ b: Shape) -> Shape {
  let rank = max(a.rank, b.rank)
  return Shape(
    (0..<rank).map { axis in
      let x = axis - rank + a.rank < 0 ? 1 : a[axis - rank + a.rank]
      let y = axis - rank + b.rank < 0 ? 1 : b[axis - rank + b.rank]
      precondition(x == y || x == 1 || y == 1, "\(a) and \(b) do not broadcast")
      return x == 1 ? y : x
    })
}

/// Steps in elements for walking `shape` as if it were `target`: 0 along axes that are repeated.
private func strides(of shape: Shape, in target: Shape) -> [Int] {
  var result = [Int](repeating: 0, count: target.rank)
  var step = 1
  for axis in (0..<shape.rank).reversed() {
    if shape[axis] != 1 { result[axis + target.rank - shape.rank] = step }
    step *= shape[axis]
  }
  return result
}

/// Calls `body` with the start of each innermost run of both operands.
private func forEachRun(_ target: Shape, _ x: [Int], _ y: [Int], _ body: (_ run: Int, _ x: Int, _ y: Int) -> Void) {
  guard target.count > 0 else { return }
  let outer = target.rank - 1
  var index = [Int](repeating: 0, count: max(outer, 0))
  var (a, b) = (0, 0)
  for run in 0..<target.rows {
    body(run, a, b)
    var axis = outer - 1
    while axis >= 0 {
      index[axis] += 1
      a += x[axis]
      b += y[axis]
      if index[axis] < target[axis] { break }
      a -= x[axis] * target[axis]
      b -= y[axis] * target[axis]
      index[axis] = 0
      axis -= 1
    }
  }
}

@inline(__always)
func broadcast(_ a: Tensor, _ b: Tensor, _ operation: (Float, Float) -> Float) -> Tensor {
  let shape = broadcastShape(a.shape, b.shape)
  return Tensor(shape) { out in
    a.withUnsafeElements { x in
      b.withUnsafeElements { y in
        if a.shape == b.shape {
          for i in 0..<shape.count { out[i] = operation(x[i], y[i]) }
          return
        }
        let (p, q) = (strides(of: a.shape, in: shape), strides(of: b.shape, in: shape))
        let (stepX, stepY) = (p.last ?? 0, q.last ?? 0)
        let columns = shape.columns
        forEachRun(shape, p, q) { run, startX, startY in
          let (o, x, y) = (out + run * columns, x + startX, y + startY)
          // Two loops, because the first can be vectorised.
          if stepX == 1 && stepY == 1 {
            for j in 0..<columns { o[j] = operation(x[j], y[j]) }
          } else {
            for j in 0..<columns { o[j] = operation(x[j * stepX], y[j * stepY]) }
          }
        }
      }
    }
  }
}

extension Tensor {
  /// Sums over the axes along which a tensor of `shape` was repeated to become `self`: the derivative of broadcasting.
  public func summed(to shape: Shape) -> Tensor {
    if shape == self.shape { return self }
    var result = Tensor.zeros(shape)
    let steps = strides(of: shape, in: self.shape)
    let (target, columns, step) = (self.shape, self.shape.columns, steps.last ?? 0)
    result.withUnsafeMutableElements { out in
      withUnsafeElements { x in
        forEachRun(target, steps, steps) { run, start, _ in
          let row = x + run * columns
          for j in 0..<columns { out[start + j * step] += row[j] }
        }
      }
    }
    return result
  }
}
