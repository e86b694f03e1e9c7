/// What a checkpoint says of itself before any number is read.
public struct CheckpointSummary: Sendable, Equatable {
  public struct Entry: Sendable, Equatable {
    public var key: String
    public var value: String

    public init(key: String, value: String) {
      self.key = key
      self.value = value
    }
  }

  /// The path as it was given.
  public var path: String
  /// Under its usual name.
  public var format: String
  /// Free text that the writer stored, by its keys in order.
  public var metadata: [Entry]
  /// In the order of the file or, where the format has one, of the model.
  public var tensors: [TensorSummary]

  public init(path: String, format: String, metadata: [Entry] = [], tensors: [TensorSummary]) {
    self.path = path
    self.format = format
    self.metadata = metadata
    self.tensors = tensors
  }

  /// Bytes of all tensors.
  public var byteCount: Int { tensors.reduce(0) { $0 + $1.byteCount } }
  /// Numbers of all tensors in which single numbers can be read.
  public var numberCount: Int { tensors.reduce(0) { $0 + ($1.isNumeric ? $1.count : 0) } }
}

/// A tensor of a checkpoint before its numbers are read.
public struct TensorSummary: Sendable, Equatable {
  public var name: String
  /// Such as `F32`.
  public var type: String
  /// Row-major; empty for a single number.
  public var shape: [Int]
  public var byteCount: Int
  /// What the framework calls the variable, where that is not `name`.
  public var label: String?
  /// Whether single numbers can be read.
  public var isNumeric: Bool

  /// - Precondition: the product of the sizes in `shape` fits in an `Int`, as every archive has checked.
  public init(
    name: String, type: String, shape: [Int], byteCount: Int, label: String? = nil, isNumeric: Bool = true
  ) {
    self.name = name
    self.type = type
    self.shape = shape
    self.byteCount = byteCount
    self.label = label
    self.isNumeric = isNumeric
  }

  public var count: Int { shape.contains(0) ? 0 : shape.reduce(1, *) }

  /// `[8, 64]`, and `[]` for a single number.
  public var shapeText: String { "[" + shape.map(String.init).joined(separator: ", ") + "]" }

  /// The tensor as one matrix: its last dimension across, all others downwards.
  public var matrix: MatrixSize {
    guard count > 0, let columns = shape.last else {
      return MatrixSize(rows: count > 0 ? 1 : 0, columns: min(1, count))
    }
    return MatrixSize(rows: count / columns, columns: columns)
  }
}

/// Rows and columns of a matrix of numbers.
public struct MatrixSize: Sendable, Equatable {
  public var rows: Int
  public var columns: Int

  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }
}
