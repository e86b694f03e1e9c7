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
/// It may be a view of what lies there: transposed, or some of its rows or columns.
///
/// Sendable because the memory is never written and `owner` keeps it alive.
public struct StoredMatrix: @unchecked Sendable {
  public let rows: Int
  public let columns: Int
  public let elementType: ElementType
  /// Whether memory holds `[columns, rows]`.
  let isTransposed: Bool
  /// Elements from one row in memory to the next.
  let pitch: Int
  private let base: UnsafeRawPointer
  private let owner: AnyObject

  private init(
    rows: Int, columns: Int, elementType: ElementType, isTransposed: Bool, pitch: Int, base: UnsafeRawPointer,
    owner: AnyObject
  ) {
    self.rows = rows
    self.columns = columns
    self.elementType = elementType
    self.isTransposed = isTransposed
    self.pitch = pitch
    self.base = base
    self.owner = owner
  }

  /// - Parameters:
  ///   - base: `rows * columns` elements; aligned as floats when the type is `float32`.
  ///   - owner: keeps the memory alive and unchanged.
  public init(rows: Int, columns: Int, elementType: ElementType, base: UnsafeRawPointer, owner: AnyObject) {
    self.init(
      rows: rows, columns: columns, elementType: elementType, isTransposed: false, pitch: columns, base: base,
      owner: owner)
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

  /// `[columns, rows]`, sharing the memory.
  public var transposed: StoredMatrix {
    StoredMatrix(
      rows: columns, columns: rows, elementType: elementType, isTransposed: !isTransposed, pitch: pitch, base: base,
      owner: owner)
  }

  /// Rows `range`, sharing the memory.
  public func rows(_ range: Range<Int>) -> StoredMatrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
    return StoredMatrix(
      rows: range.count, columns: columns, elementType: elementType, isTransposed: isTransposed, pitch: pitch,
      base: base + range.lowerBound * (isTransposed ? 1 : pitch) * elementType.byteCount, owner: owner)
  }

  /// Columns `range`, sharing the memory.
  public func columns(_ range: Range<Int>) -> StoredMatrix { transposed.rows(range).transposed }

  /// The same elements in the same order as a matrix of so many columns, sharing the memory if they lie there in that
  /// order, else copied.
  ///
  /// - Precondition: as many elements as there are.
  public func reshaped(rows newRows: Int, columns newColumns: Int) -> StoredMatrix {
    precondition(newRows * newColumns == rows * columns, "[\(rows), \(columns)] as [\(newRows), \(newColumns)]")
    guard !isTransposed, pitch == columns || rows <= 1 else {
      return StoredMatrix(tensor().reshaped([newRows, newColumns]), elementType: elementType)
    }
    return StoredMatrix(rows: newRows, columns: newColumns, elementType: elementType, base: base, owner: owner)
  }

  /// `[rows, columns]` in `Float32`.
  public func tensor() -> Tensor {
    let stored = isTransposed ? (rows: columns, columns: rows) : (rows: rows, columns: columns)
    let held = Tensor([stored.rows, stored.columns]) { out in
      withExtendedLifetime(owner) {
        if pitch == stored.columns {
          kernels.widen(elementType.kernel, stored.rows * stored.columns, base, out)
        } else {
          for row in 0..<stored.rows {
            kernels.widen(
              elementType.kernel, stored.columns, base + row * pitch * elementType.byteCount,
              out + row * stored.columns)
          }
        }
      }
    }
    return isTransposed ? held.swappingFirstAxes() : held
  }

  /// Rows `indices`, e.g. of an embedding table: `[indices.count, columns]`.
  public func gather(_ indices: [Int]) -> Tensor {
    let bytes = elementType.byteCount
    return Tensor([indices.count, columns]) { out in
      withExtendedLifetime(owner) {
        for (row, index) in indices.enumerated() {
          precondition(index >= 0 && index < rows, "row \(index) of \(rows)")
          if !isTransposed {
            kernels.widen(elementType.kernel, columns, base + index * pitch * bytes, out + row * columns)
          } else {
            for column in 0..<columns {
              kernels.widen(
                elementType.kernel, 1, base + (column * pitch + index) * bytes, out + row * columns + column)
            }
          }
        }
      }
    }
  }

  /// `x` `[..., rows]` times this matrix, or `[..., columns]` times its transpose.
  public func multiply(_ x: Tensor, transposed: Bool = false) -> Tensor {
    let (k, n) = transposed ? (columns, rows) : (rows, columns)
    precondition(x.shape.columns == k, "\(x.shape) times a \(k) x \(n) matrix")
    let m = x.shape.rows
    let isTurned = transposed != isTransposed
    return Tensor(x.shape.replacing(-1, with: n)) { y in
      x.withUnsafeElements { x in
        if m <= 4 {
          for row in 0..<m { multiplyRow(x + row * k, into: y + row * n, k: k, n: n, isTurned) }
        } else {
          multiplyRows(x, into: y, m: m, k: k, n: n, isTurned)
        }
      }
    }
  }

  /// - Parameter isTurned: whether memory holds `[n, k]`.
  private func multiplyRow(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, k: Int, n: Int, _ isTurned: Bool
  ) {
    withExtendedLifetime(owner) {
      parallelRanges(n, cost: k, grain: 32) { range in
        if isTurned {
          kernels.matrix_vector(elementType.kernel, k, pitch, range.lowerBound, range.upperBound, x, base, y)
        } else {
          kernels.vector_matrix(elementType.kernel, k, pitch, range.lowerBound, range.upperBound, x, base, y)
        }
      }
    }
  }

  /// Many rows: half-precision weights are widened once, which costs little beside the product.
  private func multiplyRows(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, m: Int, k: Int, n: Int, _ isTurned: Bool
  ) {
    withExtendedLifetime(owner) {
      if elementType == .float32 {
        let b = base.assumingMemoryBound(to: Float.self)
        return matrixProduct(
          m: m, n: n, k: k, a: x, transposedA: false, b: b, transposedB: isTurned, pitchB: pitch, beta: 0, c: y)
      }
      // As it lies in memory, so that nothing has to be turned.
      let whole = (isTransposed ? self.transposed : self).tensor()
      whole.withUnsafeElements {
        matrixProduct(m: m, n: n, k: k, a: x, transposedA: false, b: $0, transposedB: isTurned, beta: 0, c: y)
      }
    }
  }
}
