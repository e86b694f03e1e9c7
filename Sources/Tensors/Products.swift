import CBLAS

/// One BLAS thread a call: products are shared out over our own pool, whose waiting threads park.
private let singleThreadedBLAS: Void = {
  #if !canImport(Darwin)
    openblas_set_num_threads(1)
  #endif
}()

/// `c[m, n] = a · b + beta * c`, with `a` stored `[m, k]` or transposed `[k, m]`, `b` stored `[k, n]` or `[n, k]`.
///
/// - Parameter pitchB: numbers from one stored row of `b` to the next, if they are not those of one row.
public func matrixProduct(
  m: Int, n: Int, k: Int, a: UnsafePointer<Float>, transposedA: Bool, b: UnsafePointer<Float>, transposedB: Bool,
  pitchB: Int? = nil, beta: Float, c: UnsafeMutablePointer<Float>
) {
  guard m > 0, n > 0 else { return }
  _ = singleThreadedBLAS
  let pitchB = pitchB ?? (transposedB ? k : n)
  func part(_ rows: Range<Int>, _ columns: Range<Int>) {
    cblas_sgemm(
      CblasRowMajor, transposedA ? CblasTrans : CblasNoTrans, transposedB ? CblasTrans : CblasNoTrans,
      numericCast(rows.count), numericCast(columns.count), numericCast(k), 1,
      a + (transposedA ? rows.lowerBound : rows.lowerBound * k), numericCast(transposedA ? m : k),
      b + columns.lowerBound * (transposedB ? pitchB : 1), numericCast(pitchB), beta,
      c + rows.lowerBound * n + columns.lowerBound, numericCast(n))
  }
  // The longer side is split, so that the other operand is packed once by each thread.
  if n >= m {
    parallelRanges(n, cost: m * k, grain: 16) { part(0..<m, $0) }
  } else {
    parallelRanges(m, cost: n * k, grain: 16) { part($0, 0..<n) }
  }
}

extension Tensor {
  /// The product of matrices: `self` `[..., K]` (all leading axes are rows) by `other` `[K, N]`.
  ///
  /// - Parameters:
  ///   - transposed: `self` is `[K, M]`; only for matrices.
  ///   - otherTransposed: `other` is `[N, K]`.
  public func matmul(_ other: Tensor, transposed: Bool = false, otherTransposed: Bool = false) -> Tensor {
    precondition(other.shape.rank == 2 && (!transposed || shape.rank == 2), "a product needs matrices")
    let m = transposed ? shape[1] : shape.rows
    let k = transposed ? shape[0] : shape.columns
    let n = other.shape[otherTransposed ? 0 : 1]
    precondition(other.shape[otherTransposed ? 1 : 0] == k, "\(shape) times \(other.shape)")
    let shape = transposed ? Shape([m, n]) : self.shape.replacing(-1, with: n)
    return Tensor(shape) { c in
      withUnsafeElements { a in
        other.withUnsafeElements { b in
          matrixProduct(
            m: m, n: n, k: k, a: a, transposedA: transposed, b: b, transposedB: otherTransposed, beta: 0, c: c)
        }
      }
    }
  }

  /// Adds the product `a · b` to this matrix.
  public mutating func addProduct(_ a: Tensor, _ b: Tensor, transposedA: Bool = false, transposedB: Bool = false) {
    let m = transposedA ? a.shape.columns : a.shape.rows
    let k = transposedA ? a.shape.rows : a.shape.columns
    let n = transposedB ? b.shape.rows : b.shape.columns
    precondition(shape.rows == m && shape.columns == n && (transposedB ? b.shape.columns : b.shape.rows) == k)
    withUnsafeMutableElements { c in
      a.withUnsafeElements { x in
        b.withUnsafeElements { y in
          matrixProduct(
            m: m, n: n, k: k, a: x, transposedA: transposedA, b: y, transposedB: transposedB, beta: 1, c: c)
        }
      }
    }
  }
}
