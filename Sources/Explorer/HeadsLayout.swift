import TUI
import Traces

/// How the pictures of all heads of a site are laid out: a row for each layer and a column for each head, or as many rows
/// and columns in another order, and those around the cursor where not all fit.
struct HeadsLayout: Equatable {
  /// What has to be fitted.
  struct Content: Equatable {
    var layers: Int
    var heads: Int
    /// Rows and columns of each matrix, those not decoded yet among them.
    var rows: Int
    var columns: Int
    /// The place of the head under the cursor.
    var cursor: Position
    /// 0 shows all heads if they can be made out then; above that pictures grow, below it they shrink until all fit.
    var zoom: Int
    /// Rows of a matrix that one line of the terminal can show.
    var rowsPerLine: Int
  }

  static let zooms = -1...4
  /// Smaller pictures cannot be told apart.
  private static let smallest = Size(columns: 8, rows: 2)

  let area: Rect
  /// Room for one picture.
  let picture: Size
  /// Whether each picture has a line of its own above it; otherwise heads are named once, at the top.
  let hasCaptions: Bool
  let visibleRows: Range<Int>
  let visibleColumns: Range<Int>
  let horizontal: Scale
  let vertical: Scale
  private let pitch: Size
  private let firstPicture: Position

  /// How cells of a matrix become places of a picture along one side.
  struct Scale: Equatable {
    /// Cells in one bin.
    let step: Int
    /// Places for each bin.
    let width: Int

    /// - Parameter widest: places that a bin takes at the most.
    init(_ cells: Int, into room: Int, widest: Int) {
      step = max(1, (cells + max(1, room) - 1) / max(1, room))
      let bins = (cells + step - 1) / step
      width = max(1, min(widest, room / max(1, bins)))
    }

    func places(_ cells: Int) -> Int { (cells + step - 1) / step * width }
    /// The cells of a place.
    func cells(at place: Int) -> Range<Int> { place / width * step..<(place / width + 1) * step }
  }

  init(_ content: Content, in area: Rect) {
    let name = "L\(max(0, content.layers - 1))".count + 2
    let hasFoot = area.rows >= 8
    let room = Size(columns: max(1, area.columns - name - 1), rows: max(1, area.rows - (hasFoot ? 1 : 0)))
    let hasCaptions = content.zoom >= 0
    let fit = hasCaptions ? Self.captioned(content, in: room) : Self.overview(content, in: room)
    (self.area, self.hasCaptions, picture, pitch) = (area, hasCaptions, fit.picture, fit.pitch)
    let top = hasCaptions ? 0 : 1
    firstPicture = Position(column: area.column + name, row: area.row + 1)
    visibleRows = Self.window(
      of: content.layers, around: content.cursor.row, visible: (room.rows - top + fit.slack.rows) / fit.pitch.rows)
    visibleColumns = Self.window(
      of: content.heads, around: content.cursor.column, visible: (room.columns + fit.slack.columns) / fit.pitch.columns)
    horizontal = Scale(content.columns, into: picture.columns, widest: 4)
    vertical = Scale(content.rows, into: picture.rows * content.rowsPerLine, widest: content.rowsPerLine)
  }

  /// Where the picture at a place of the grid goes; its caption is the line above.
  func area(of place: Position) -> Rect {
    Rect(
      column: firstPicture.column + (place.column - visibleColumns.lowerBound) * pitch.columns,
      row: firstPicture.row + (place.row - visibleRows.lowerBound) * pitch.rows,
      columns: picture.columns, rows: picture.rows)
  }

  /// The place of the grid whose picture or caption is at a place of the screen.
  func place(at position: Position) -> Position? {
    let column = position.column - firstPicture.column
    let row = position.row - firstPicture.row + (hasCaptions ? 1 : 0)
    guard column >= 0, row >= 0 else { return nil }
    let place = Position(
      column: visibleColumns.lowerBound + column / pitch.columns, row: visibleRows.lowerBound + row / pitch.rows)
    return visibleColumns.contains(place.column) && visibleRows.contains(place.row) ? place : nil
  }

  // MARK: Fitting

  private struct Fit {
    var picture: Size
    /// From one picture to the next.
    var pitch: Size
    /// Gaps that the last picture does not need.
    var slack: Size
  }

  private static func captioned(_ content: Content, in room: Size) -> Fit {
    let share = Size(columns: room.columns / max(1, content.heads), rows: room.rows / max(1, content.layers))
    let gap = Size(columns: share.columns >= 14 ? 2 : 1, rows: share.rows >= 6 ? 1 : 0)
    func zoomed(_ size: Int) -> Int { (0..<content.zoom).reduce(size) { size, _ in size * 3 / 2 } }
    let widest = room.columns - gap.columns
    let highest = max(1, room.rows - 1)
    let picture = Size(
      columns: max(1, min(widest, zoomed(max(smallest.columns, share.columns - gap.columns)))),
      rows: min(highest, zoomed(max(smallest.rows, share.rows - gap.rows - 1))))
    return Fit(
      picture: picture,
      pitch: Size(columns: picture.columns + gap.columns, rows: picture.rows + gap.rows + 1), slack: gap)
  }

  /// No captions, and no gaps between layers.
  private static func overview(_ content: Content, in room: Size) -> Fit {
    let columns = max(2, room.columns / max(1, content.heads) - 1)
    let rows = max(1, (room.rows - 1) / max(1, content.layers))
    let gap = rows >= 3 ? 1 : 0
    return Fit(
      picture: Size(columns: columns, rows: rows - gap), pitch: Size(columns: columns + 1, rows: rows),
      slack: Size(columns: 1, rows: gap))
  }

  private static func window(of count: Int, around cursor: Int, visible: Int) -> Range<Int> {
    let visible = max(1, min(visible, count))
    let first = max(0, min(cursor - visible / 2, count - visible))
    return first..<min(count, first + visible)
  }
}

extension ScreenLayout {
  /// The heads of the state fitted into the main area; nil where there are none to draw.
  func heads(_ state: State) -> HeadsLayout? {
    guard let thumbnails = state.decode.thumbnails, let head = state.decode.head, let ranking = state.decode.ranking
    else {
      return nil
    }
    let decode = state.decode
    func bins(_ count: Int, _ step: Int) -> Int { (count + step - 1) / step }
    let content = HeadsLayout.Content(
      layers: thumbnails.layers, heads: thumbnails.heads, rows: bins(decode.plannedSize.rows, thumbnails.rowStep),
      columns: bins(decode.plannedSize.columns, thumbnails.columnStep),
      cursor: ranking.place(layer: head.layer, head: head.head),
      zoom: state.picture.thumbnailZoom, rowsPerLine: state.display.drawsHalfBlocks ? 2 : 1)
    return HeadsLayout(content, in: main)
  }
}
