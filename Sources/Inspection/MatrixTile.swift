/// Which part of a matrix is to be read, and into how many places it has to fit.
public struct TileRequest: Sendable, Hashable {
  /// nil for all of them.
  public var rows: Range<Int>?
  public var columns: Range<Int>?
  /// At most so many bins along each side.
  public var most: Int

  public init(rows: Range<Int>? = nil, columns: Range<Int>? = nil, most: Int) {
    self.rows = rows
    self.columns = columns
    self.most = most
  }
}

/// A part of a matrix in bins: of each the number that lies farthest from 0, so that what stands out is never averaged
/// away. A bin of one number is that number.
public struct MatrixTile: Sendable, Equatable {
  /// Of the whole matrix.
  public let size: MatrixSize
  /// What of it is shown.
  public let rows: Range<Int>
  public let columns: Range<Int>
  /// Numbers of the matrix in a bin along each side; the last bin may have fewer.
  public let rowStep: Int
  public let columnStep: Int
  /// `[bins downwards, bins across]`, row-major; not a number where a bin holds none that is finite.
  public private(set) var values: [Float]
  /// Bins in which some number is not finite.
  public private(set) var broken: Set<Int> = []

  /// A tile of nothing read yet; ranges beyond the matrix are cut.
  public init(_ size: MatrixSize, _ request: TileRequest) {
    self.size = size
    rows = (request.rows ?? 0..<size.rows).clamped(to: 0..<size.rows)
    columns = (request.columns ?? 0..<size.columns).clamped(to: 0..<size.columns)
    let most = max(1, request.most)
    rowStep = max(1, (rows.count + most - 1) / most)
    columnStep = max(1, (columns.count + most - 1) / most)
    values = []
    values = [Float](repeating: .nan, count: binRows * binColumns)
  }

  public var binRows: Int { (rows.count + rowStep - 1) / rowStep }
  public var binColumns: Int { (columns.count + columnStep - 1) / columnStep }
  public var isBinned: Bool { rowStep * columnStep > 1 }

  public subscript(row: Int, column: Int) -> Float { values[row * binColumns + column] }

  public func isBroken(_ row: Int, _ column: Int) -> Bool { broken.contains(row * binColumns + column) }

  /// Rows and columns of the matrix that one bin stands for.
  public func cells(_ row: Int, _ column: Int) -> (rows: Range<Int>, columns: Range<Int>) {
    let top = rows.lowerBound + row * rowStep
    let left = columns.lowerBound + column * columnStep
    return (
      min(top, rows.upperBound)..<min(top + rowStep, rows.upperBound),
      min(left, columns.upperBound)..<min(left + columnStep, columns.upperBound)
    )
  }

  /// The largest distance of a finite number from 0; 0 where there is none.
  public var largest: Float { values.reduce(0) { $1.isNaN ? $0 : max($0, $1.magnitude) } }

  /// The same part in fewer bins, so many of these together along each side.
  public func pooled(rows rowCount: Int, columns columnCount: Int) -> MatrixTile {
    let (down, across) = (max(1, rowCount), max(1, columnCount))
    guard down * across > 1 else { return self }
    var tile = MatrixTile(self, rowStep: rowStep * down, columnStep: columnStep * across)
    for row in 0..<binRows {
      for column in 0..<binColumns {
        let place = row / down * tile.binColumns + column / across
        tile.take(self[row, column], at: place)
        if isBroken(row, column) { tile.broken.insert(place) }
      }
    }
    return tile
  }

  private init(_ other: MatrixTile, rowStep: Int, columnStep: Int) {
    (size, rows, columns) = (other.size, other.rows, other.columns)
    self.rowStep = rowStep
    self.columnStep = columnStep
    values = []
    values = [Float](repeating: .nan, count: binRows * binColumns)
  }

  /// Takes in numbers that follow each other in the matrix, row by row, from its number `first` on.
  public mutating func take(_ numbers: [Double], from first: Int) {
    guard size.columns > 0, !rows.isEmpty, !columns.isEmpty else { return }
    var (row, column) = (first / size.columns, first % size.columns)
    for number in numbers {
      if rows.contains(row), columns.contains(column) {
        let place =
          (row - rows.lowerBound) / rowStep * binColumns + (column - columns.lowerBound) / columnStep
        if number.isFinite { take(Float(number), at: place) } else { broken.insert(place) }
      }
      column += 1
      if column == size.columns { (row, column) = (row + 1, 0) }
    }
  }

  /// Whether none of these numbers of the matrix lies in a row of the tile.
  public func isElsewhere(_ numbers: Range<Int>) -> Bool {
    guard size.columns > 0, !numbers.isEmpty, !rows.isEmpty else { return true }
    return numbers.lowerBound / size.columns >= rows.upperBound
      || (numbers.upperBound - 1) / size.columns < rows.lowerBound
  }

  private mutating func take(_ value: Float, at place: Int) {
    guard !value.isNaN else { return }
    if values[place].isNaN || value.magnitude > values[place].magnitude { values[place] = value }
  }
}
