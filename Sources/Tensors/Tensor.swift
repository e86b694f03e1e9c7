/// A shaped, row-major array of `Float32`: a value whose storage is shared until it is written.
///
/// Slices along the first axis (`rows(_:)`) share storage too, so that one time step of a sequence costs nothing.
public struct Tensor: Sendable {
  public private(set) var shape: Shape
  private var storage: Storage
  private var offset: Int

  /// Lets `fill` write every element of new memory.
  public init(_ shape: Shape, filling fill: (UnsafeMutablePointer<Float>) throws -> Void) rethrows {
    self.shape = shape
    storage = Storage(count: shape.count)
    offset = 0
    try fill(storage.pointer)
  }

  public init(_ shape: Shape, repeating value: Float) {
    self.init(shape) { $0.initialize(repeating: value, count: shape.count) }
  }

  public static func zeros(_ shape: Shape) -> Tensor { Tensor(shape, repeating: 0) }

  /// `[N, width]`: zeros but for a one at each row's id; an id outside has none.
  public static func oneHot(_ ids: [Int], width: Int) -> Tensor {
    Tensor([ids.count, width]) { out in
      out.initialize(repeating: 0, count: ids.count * width)
      for (row, id) in ids.enumerated() where id >= 0 && id < width { out[row * width + id] = 1 }
    }
  }

  /// - Precondition: as many elements as the shape holds.
  public init(_ shape: Shape, _ elements: some Collection<Float>) {
    precondition(elements.count == shape.count, "\(elements.count) elements do not fill \(shape)")
    self.init(shape) { pointer in
      for (index, element) in elements.enumerated() { pointer[index] = element }
    }
  }

  /// A scalar.
  public init(_ value: Float) { self.init([], repeating: value) }

  public var count: Int { shape.count }

  /// All elements in order.
  public var elements: [Float] {
    withUnsafeElements { Array(UnsafeBufferPointer(start: $0, count: count)) }
  }

  /// The only element.
  public var scalar: Float {
    precondition(count == 1, "\(shape) is not a scalar")
    return withUnsafeElements { $0[0] }
  }

  public subscript(indices: Int...) -> Float {
    precondition(indices.count == shape.rank, "\(indices.count) indices for \(shape)")
    var position = 0
    for (axis, index) in indices.enumerated() {
      precondition(index >= 0 && index < shape[axis], "index \(index) outside \(shape)")
      position = position * shape[axis] + index
    }
    return withUnsafeElements { $0[position] }
  }

  public func withUnsafeElements<Result>(_ body: (UnsafePointer<Float>) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(storage) { try body(UnsafePointer(storage.pointer + offset)) }
  }

  /// Copies the elements first if another tensor shares them.
  public mutating func withUnsafeMutableElements<Result>(
    _ body: (UnsafeMutablePointer<Float>) throws -> Result
  ) rethrows -> Result {
    if !isKnownUniquelyReferenced(&storage) {
      let copy = Storage(count: count)
      copy.pointer.initialize(from: storage.pointer + offset, count: count)
      storage = copy
      offset = 0
    }
    return try body(storage.pointer + offset)
  }

  /// Entries `range` of the first axis, sharing storage.
  public func rows(_ range: Range<Int>) -> Tensor {
    precondition(shape.rank > 0 && range.lowerBound >= 0 && range.upperBound <= shape[0], "rows \(range) of \(shape)")
    var slice = self
    slice.offset += range.lowerBound * shape.stride
    slice.shape = shape.replacing(0, with: range.count)
    return slice
  }

  /// Entry `index` of the first axis without that axis, sharing storage.
  public func row(_ index: Int) -> Tensor {
    rows(index..<(index + 1)).reshaped(Shape(shape.dimensions.dropFirst()))
  }

  public func reshaped(_ shape: Shape) -> Tensor {
    precondition(shape.count == count, "\(self.shape) does not reshape to \(shape)")
    var result = self
    result.shape = shape
    return result
  }
}

extension Tensor: Equatable {
  /// Same shape and same bits, so that not-a-number equals itself.
  public static func == (a: Tensor, b: Tensor) -> Bool {
    guard a.shape == b.shape else { return false }
    return a.withUnsafeElements { x in
      b.withUnsafeElements { y in (0..<a.count).allSatisfy { x[$0].bitPattern == y[$0].bitPattern } }
    }
  }
}
