import Tensors

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How a parameter starts, as Keras starts it.
public enum Initializer: Sendable {
  case zeros
  case ones
  /// Normal with the standard deviation.
  case normal(Float)
  /// Uniform within the limit.
  case uniform(Float)
  /// Glorot & Bengio 2010: uniform within `sqrt(6 / (fan in + fan out))`.
  case glorotUniform
  /// Orthonormal rows, for recurrent kernels `[U, gates * U]` (Saxe et al. 2014).
  case orthogonal
  /// Zeros, with ones for the forget gate of an LSTM's bias `[4U]` (Jozefowicz et al. 2015).
  case forgetGateOnes

  func tensor(_ shape: Shape, using randomness: inout Randomness) -> Tensor {
    switch self {
    case .zeros: return .zeros(shape)
    case .ones: return Tensor(shape, repeating: 1)
    case .normal(let deviation): return normal(shape.count, &randomness).reshaped(shape) * deviation
    case .uniform(let limit): return uniform(shape, limit, &randomness)
    case .glorotUniform:
      return uniform(shape, (6 / Float(shape.rows + shape.columns)).squareRoot(), &randomness)
    case .orthogonal: return orthonormalRows(shape, &randomness)
    case .forgetGateOnes:
      let units = shape.count / 4
      return Tensor(shape, (0..<shape.count).map { $0 / max(units, 1) == 1 ? 1 : 0 })
    }
  }

  private func uniform(_ shape: Shape, _ limit: Float, _ randomness: inout Randomness) -> Tensor {
    Tensor(shape) { out in
      for i in 0..<shape.count { out[i] = (randomness.uniform() * 2 - 1) * limit }
    }
  }

  /// Gram-Schmidt over rows of normal numbers; the rows must be no more than the columns, else they stay normal.
  private func orthonormalRows(_ shape: Shape, _ randomness: inout Randomness) -> Tensor {
    var rows: [Tensor] = []
    for _ in 0..<shape.rows {
      var row = normal(shape.columns, &randomness)
      // Twice, since once loses orthogonality in Float32.
      for _ in 0..<2 where rows.count < shape.columns {
        for earlier in rows { row.add(earlier, scaledBy: -row.dot(earlier)) }
      }
      rows.append(row * Float(1 / max(row.sumOfSquares, 1e-12).squareRoot()))
    }
    return Tensor.concatenatingRows(rows.map { $0.reshaped([1, shape.columns]) }).reshaped(shape)
  }

  /// Standard normal numbers (Box & Muller 1958).
  private func normal(_ count: Int, _ randomness: inout Randomness) -> Tensor {
    Tensor([count]) { out in
      for i in 0..<count {
        let radius = (-2 * logf(1 - randomness.uniform())).squareRoot()
        out[i] = radius * cosf(2 * .pi * randomness.uniform())
      }
    }
  }
}
