import CCurses
import TUI

/// Sends pictures to ncurses, cell by cell where they differ from the last one.
struct Painter {
  private let depth: ColorDepth
  private var pairs: PairTable
  /// The colour numbers of styles seen before, because finding the nearest colour takes long.
  private var colors: [Style: ColorPair] = [:]
  /// What `isPlain` has found.
  private var plain: [UInt32: Bool] = [:]
  private var shown: Screen?

  private static let mostStyles = 50_000

  init(depth: ColorDepth, pairLimit: Int) {
    self.depth = depth
    pairs = PairTable(limit: pairLimit)
  }

  /// After something else wrote to the terminal: the next picture is sent whole.
  mutating func forget() { shown = nil }

  mutating func paint(_ screen: Screen) {
    if shown?.size != screen.size {
      heed_erase()
      if shown != nil { heed_redraw_all() }
    }
    for run in screen.changes(from: shown) {
      var column = run.column
      for cell in run.cells {
        if cell.width > 0 { paint(cell, column: column, row: run.row, screen) }
        column += 1
      }
    }
    shown = screen
    let cursor = screen.cursor.flatMap { screen.bounds.contains(column: $0.column, row: $0.row) ? $0 : nil }
    heed_flush(Int32(cursor?.column ?? -1), Int32(cursor?.row ?? 0))
  }

  private mutating func paint(_ cell: Cell, column: Int, row: Int, _ screen: Screen) {
    let pair = pairNumber(cell.style, screen)
    let attributes = cell.style.attributes.ncurses
    if let scalar = cell.character.onlyScalar, cell.width == 1, isPlain(scalar.value) {
      return withUnsafePointer(to: scalar.value) { heed_put(Int32(column), Int32(row), $0, 1, attributes, pair) }
    }
    let glyph = CellGlyph(cell, columns: { Int(heed_columns($0)) }, canEncode: heed_can_encode)
    for (offset, part) in glyph.parts.enumerated() {
      heed_put(Int32(column + offset), Int32(row), part, Int32(part.count), attributes, pair)
    }
  }

  /// Whether the C library and the encoding take a scalar for one column, as `CellGlyph` would find out anew for every cell.
  private mutating func isPlain(_ scalar: UInt32) -> Bool {
    if (0x20..<0x7F).contains(scalar) { return true }
    if let known = plain[scalar] { return known }
    if plain.count >= Self.mostStyles { plain.removeAll(keepingCapacity: true) }
    let isPlain = heed_can_encode(scalar) && heed_columns(scalar) == 1
    plain[scalar] = isPlain
    return isPlain
  }

  private mutating func pairNumber(_ style: Style, _ screen: Screen) -> Int32 {
    guard depth > .none else { return 0 }
    let colors = colors(of: style)
    let (number, isNew) = pairs.number(for: colors) { [depth] in Set(screen.styles.map { $0.pair(depth) }) }
    if isNew { heed_set_pair(Int32(number), colors.foreground, colors.background) }
    return Int32(number)
  }

  private mutating func colors(of style: Style) -> ColorPair {
    if let known = colors[style] { return known }
    if colors.count >= Self.mostStyles { colors.removeAll(keepingCapacity: true) }
    let found = style.pair(depth)
    colors[style] = found
    return found
  }
}

extension Style {
  /// The colour numbers that ncurses takes at a depth.
  func pair(_ depth: ColorDepth) -> ColorPair {
    if depth == .trueColor {
      return ColorPair(foreground: foreground.directNumber, background: background.directNumber)
    }
    let (foreground, background) = indices(in: depth)
    return ColorPair(foreground: Int32(foreground ?? -1), background: Int32(background ?? -1))
  }
}

extension Color {
  /// 0xRRGGBB, except that terminals with direct colour keep the numbers 0 to 7 for the named colours.
  var directNumber: Int32 {
    switch self {
    case .terminal: return -1
    case .ansi(let color) where color.rawValue < 8: return Int32(color.rawValue)
    default: return hex.map { max(8, Int32($0)) } ?? -1
    }
  }
}

extension Style.Attributes {
  var ncurses: Int32 {
    var mask = 0
    if contains(.bold) { mask |= HEED_BOLD }
    if contains(.dim) { mask |= HEED_DIM }
    if contains(.underline) { mask |= HEED_UNDERLINE }
    if contains(.reverse) { mask |= HEED_REVERSE }
    return Int32(mask)
  }
}
