import Tensors

/// A weight matrix `[rows, columns]` of a layer: a variable while training, else the file's own bytes.
public enum Weight {
  case variable(Variable)
  case stored(StoredMatrix)

  public var rows: Int {
    switch self {
    case .variable(let variable): variable.shape[0]
    case .stored(let matrix): matrix.rows
    }
  }

  public var columns: Int {
    switch self {
    case .variable(let variable): variable.shape[1]
    case .stored(let matrix): matrix.columns
    }
  }

  /// Rows `range`, e.g. the part of a kernel that reads one of several concatenated inputs.
  public func rows(_ range: Range<Int>) -> Weight {
    switch self {
    case .variable(let variable): .variable(variable.rows(range))
    case .stored(let matrix): .stored(matrix.rows(range))
    }
  }

  /// Rows `indices` of an embedding table: `[indices.count, columns]`.
  public func gather(_ indices: [Int]) -> Variable {
    switch self {
    case .variable(let variable): variable.gather(indices)
    case .stored(let matrix): Variable(matrix.gather(indices))
    }
  }
}

extension Variable {
  /// `self` `[..., K]` by a weight `[K, N]`, or by the transpose of one that is `[N, K]`.
  public func multiplied(by weight: Weight, transposed: Bool = false) -> Variable {
    switch weight {
    case .stored(let matrix):
      let y = matrix.multiply(value, transposed: transposed)
      return .result(y, of: [self]) { [self] dy, gradients in
        gradients.add(matrix.multiply(dy, transposed: !transposed), to: self)
      }
    case .variable(let w):
      let y = value.matmul(w.value, otherTransposed: transposed)
      return .result(y, of: [self, w]) { [self] dy, gradients in
        gradients.add(dy.matmul(w.value, otherTransposed: !transposed), to: self)
        gradients.addProduct(transposed ? dy : value, transposed ? value : dy, to: w)
      }
    }
  }
}
