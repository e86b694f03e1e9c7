/// Up to four dimensions, outermost first; a scalar has none.
public struct Shape: Sendable, Hashable, ExpressibleByArrayLiteral, CustomStringConvertible {
  public static let maximumRank = 4
  private var sizes = SIMD4<Int>(repeating: 1)
  public let rank: Int

  /// - Precondition: at most four dimensions, none negative.
  public init(_ dimensions: some Collection<Int>) {
    precondition(dimensions.count <= Self.maximumRank, "a tensor has at most four dimensions")
    rank = dimensions.count
    for (axis, size) in dimensions.enumerated() {
      precondition(size >= 0, "a dimension is not negative")
      sizes[axis] = size
    }
  }

  public init(arrayLiteral dimensions: Int...) { self.init(dimensions) }

  /// The size along `axis`; negative axes count from the last.
  public subscript(axis: Int) -> Int {
    let index = axis < 0 ? axis + rank : axis
    precondition(index >= 0 && index < rank, "no axis \(axis) in \(self)")
    return sizes[index]
  }

  public var count: Int { sizes[0] * sizes[1] * sizes[2] * sizes[3] }
  public var dimensions: [Int] { (0..<rank).map { sizes[$0] } }

  /// The last dimension, 1 for a scalar.
  public var columns: Int { rank == 0 ? 1 : sizes[rank - 1] }
  /// The product of all dimensions but the last.
  public var rows: Int { rank == 0 ? 1 : (0..<(rank - 1)).reduce(1) { $0 * sizes[$1] } }
  /// Elements of one entry along the first axis.
  public var stride: Int { rank == 0 ? 1 : (1..<max(rank, 1)).reduce(1) { $0 * sizes[$1] } }

  /// The same shape with another size along `axis`.
  public func replacing(_ axis: Int, with size: Int) -> Shape {
    var dimensions = dimensions
    dimensions[axis < 0 ? axis + rank : axis] = size
    return Shape(dimensions)
  }

  public var description: String { "[\(dimensions.map(String.init).joined(separator: ", "))]" }
}
