import CKernels

/// How the numbers of a weight matrix lie in memory or in a mapped file.
public enum ElementType: String, Sendable, CaseIterable {
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"

  public var byteCount: Int { self == .float32 ? 4 : 2 }

  var kernel: hk_type {
    switch self {
    case .float32: hk_f32
    case .float16: hk_f16
    case .bfloat16: hk_bf16
    }
  }
}

/// A read-only weight matrix `[rows, columns]` that stays where it is, usually in a mapped file, in the file's own
/// element type; products read it there.
///
/// Sendable because the memory is never written and `owner` keeps it alive.
public struct StoredMatrix: @unchecked Sendable {
  public let rows: Int
  public let columns: Int
  public let elementType: ElementType
  private let base: UnsafeRawPointer
  private let owner: AnyObject

  /// - Parameters:
  ///   - base: `rows * columns` elements; aligned as floats when the type is `float32`.
  ///   - owner: keeps the memory alive and unchanged.
  public init(rows: Int, columns: Int, elementType: ElementType, base: UnsafeRawPointer, owner: AnyObject) {
    self.rows = rows
    self.columns = columns
    self.elementType = elementType
    self.base = base
    self.owner = owner
  }

  /// A copy of a matrix, rounded to `elementType`.
  public init(_ tensor: Tensor, elementType: ElementType = .float32) {
    precondition(tensor.shape.rank == 2)
    let memory = Storage(count: (tensor.count * elementType.byteCount + 3) / 4)
    tensor.withUnsafeElements { kernels.narrow(elementType.kernel, tensor.count, $0, memory.pointer) }
    self.init(
      rows: tensor.shape[0], columns: tensor.shape[1], elementType: elementType, base: UnsafeRawPointer(memory.pointer),
      owner: memory)
  }

  /// Rows `range`, sharing the memory.
  public func rows(_ range: Range<Int>) -> StoredMatrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
    return StoredMatrix(
      rows: range.count, columns: columns, elementType: elementType,
      base: base + range.lowerBound * columns * elementType.byteCount, owner: owner)
  }

  /// `[rows, columns]` in `Float32`.
  public func tensor() -> Tensor {
    Tensor([rows, columns]) { out in
      withExtendedLifetime(owner) { kernels.widen(elementType.kernel, rows * columns, base, out) }
    }
  }

  /// Rows `indices`, e.g. of an embedding table: `[indices.count, columns]`.
  public func gather(_ indices: [Int]) -> Tensor {
    Tensor([indices.count, columns]) { out in
      withExtendedLifetime(owner) {
        for (row, index) in indices.enumerated() {
          precondition(index >= 0 && index < rows, "row \(index) of \(rows)")
          kernels.widen(
            elementType.kernel, columns, base + index * columns * elementType.byteCount, out + row * columns)
        }
      }
    }
  }

  /// `x` `[..., rows]` times this matrix, or `[..., columns]` times its transpose.
  public func multiply(_ x: Tensor, transposed: Bool = false) -> Tensor {
    let (k, n) = transposed ? (columns, rows) : (rows, columns)
    precondition(x.shape.columns == k, "\(x.shape) times a \(k) x \(n) matrix")
    let m = x.shape.rows
    return Tensor(x.shape.replacing(-1, with: n)) { y in
      x.withUnsafeElements { x in
        if m <= 4 {
          for row in 0..<m { multiplyRow(x + row * k, into: y + row * n, k: k, n: n, transposed: transposed) }
        } else {
          multiplyRows(x, into: y, m: m, k: k, n: n, transposed: transposed)
        }
      }
    }
  }

  private func multiplyRow(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, k: Int, n: Int, transposed: Bool
  ) {
    withExtendedLifetime(owner) {
      parallelRanges(n, cost: k, grain: 32) { range in
        if transposed {
          kernels.matrix_vector(elementType.kernel, k, range.lowerBound, range.upperBound, x, base, y)
        } else {
          kernels.vector_matrix(elementType.kernel, k, n, range.lowerBound, range.upperBound, x, base, y)
        }
      }
    }
  }

  /// Many rows: half-precision weights are widened once, which costs little beside the product.
  private func multiplyRows(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, m: Int, k: Int, n: Int, transposed: Bool
  ) {
    withExtendedLifetime(owner) {
      if elementType == .float32 {
        let b = base.assumingMemoryBound(to: Float.self)
        return matrixProduct(m: m, n: n, k: k, a: x, transposedA: false, b: b, transposedB: transposed, beta: 0, c: y)
      }
      let whole = tensor()
      whole.withUnsafeElements {
        matrixProduct(m: m, n: n, k: k, a: x, transposedA: false, b: $0, transposedB: transposed, beta: 0, c: y)
      }
    }
  }
}
