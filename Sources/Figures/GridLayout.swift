import TUI

/// How a matrix with named rows and columns is laid out on lines of limited width.
///
/// Names stand above their columns while they fit; else they run downwards over cells that still hold a number; else cells
/// are two columns wide and hold none; and what does not fit even then continues in further blocks below.
struct GridLayout: Equatable {
  /// `1.00`.
  static let numberWidth = 4
  static let longestColumnName = 12

  var rowNameWidth: Int
  var cellWidths: [Int]
  var namesRunDown = false
  var showsNumbers = true
  /// The columns of the matrix in each block.
  var blocks: [Range<Int>]

  /// - Parameters:
  ///   - width: columns of the terminal; nil for text of any width, where no name is cut.
  ///   - leastNumberWidth: the narrowest cell that can hold a number.
  init(rowNames: [String], columnNames: [String], width: Int?, leastNumberWidth: Int = numberWidth) {
    let count = columnNames.count
    let longestRowName = rowNames.map(\.displayWidth).max() ?? 0
    blocks = [0..<count]
    guard let width else {
      rowNameWidth = longestRowName
      cellWidths = columnNames.map { 1 + max(Self.numberWidth, $0.displayWidth) }
      return
    }
    rowNameWidth = min(longestRowName, 16, width / 4)
    // One column parts the row names from the cells.
    let room = width - rowNameWidth - 1
    cellWidths = columnNames.map { 1 + min(Self.longestColumnName, max(Self.numberWidth, $0.displayWidth)) }
    if cellWidths.reduce(0, +) <= room { return }

    namesRunDown = true
    showsNumbers = count * leastNumberWidth <= room
    cellWidths = [Int](repeating: showsNumbers ? leastNumberWidth : 2, count: count)
    let perBlock = showsNumbers ? count : max(1, room / 2)
    blocks = stride(from: 0, to: count, by: perBlock).map { $0..<min(count, $0 + perBlock) }
  }
}
