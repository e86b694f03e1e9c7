import TUI
import Traces

/// All layers and heads of a site as small pictures.
extension Painter {
  mutating func drawHeads() {
    guard let layout = layout.heads(state), let thumbnails = state.decode.thumbnails, let ranking = state.decode.ranking
    else { return }
    if !layout.hasCaptions, ranking.isByLayer { drawHeadNames(layout) }
    for row in layout.visibleRows {
      if ranking.isByLayer { drawLayerName(row, layout) }
      for column in layout.visibleColumns {
        let (layer, head) = ranking.head(at: Position(column: column, row: row))
        let area = layout.area(of: Position(column: column, row: row))
        if layout.hasCaptions { drawCaption(layer: layer, head: head, ranking, over: area) }
        drawThumbnail(layer: layer, head: head, thumbnails, layout, in: area)
      }
    }
    drawHeadsFoot(layout, thumbnails, ranking)
  }

  /// Whether the cursor is on a head, alone or with others in a mean.
  private func isCurrent(layer: Int, head: Int) -> Bool {
    guard let cursor = state.decode.head else { return false }
    return switch cursor.extent {
    case .head: cursor.layer == layer && cursor.head == head
    case .layer: cursor.layer == layer
    case .all: true
    case .rollout, .flow: layer <= cursor.layer
    }
  }

  private mutating func drawHeadNames(_ layout: HeadsLayout) {
    for head in layout.visibleColumns {
      let area = layout.area(of: Position(column: head, row: layout.visibleRows.lowerBound))
      let isCurrent = head == state.decode.head?.head
      let name = "H\(head)".truncated(to: area.columns, mark: "")
      screen.draw(name, column: area.column, row: layout.area.row, style: isCurrent ? theme.accent : theme.strong)
    }
  }

  private mutating func drawLayerName(_ layer: Int, _ layout: HeadsLayout) {
    let area = layout.area(of: Position(column: layout.visibleColumns.lowerBound, row: layer))
    let style = layer == state.decode.head?.layer ? theme.accent : theme.strong
    screen.draw("L\(layer)", column: layout.area.column + 1, row: area.row + (area.rows - 1) / 2, style: style)
  }

  /// The head's name, what it does, and the measure that heads are sorted by, as far as there is room.
  private mutating func drawCaption(layer: Int, head: Int, _ ranking: HeadRanking, over area: Rect) {
    let line = Rect(column: area.column, row: area.row - 1, columns: area.columns, rows: 1)
    let site = state.decode.site
    let isSilenced = state.whatIf.list.silences(HeadAddress(site: site, layer: layer, head: head))
    let name = (ranking.isByLayer ? "H\(head)" : "L\(layer)H\(head)") + (isSilenced ? " ×" : "")
    let end = draw([(name, isCurrent(layer: layer, head: head) ? theme.accent : theme.strong)], in: line)
    guard let measures = ranking.measures(layer: layer, head: head), let type = measures.type else { return }
    let number = ranking.sort.text(measures)
    var rest = line.splitLeft(end - line.column + 1).rest
    let isNumberFirst = !ranking.isByLayer
    let names = [type.rawValue, type.shortName]
    let named = names.first { $0.displayWidth + number.displayWidth + 1 <= rest.columns }
    if named != nil || isNumberFirst {
      drawAtEnd([(number, theme.quiet)], in: rest)
      rest = rest.splitLeft(rest.columns - number.displayWidth - 1).left
    }
    let shown = named ?? names.first { $0.displayWidth <= rest.columns }
    if let shown { draw([(shown, theme.text)], in: rest) }
  }

  private mutating func drawThumbnail(
    layer: Int, head: Int, _ thumbnails: Thumbnails, _ layout: HeadsLayout, in place: Rect
  ) {
    let colors = colors
    let (horizontal, vertical) = (layout.horizontal, layout.vertical)
    let columns = min(place.columns, horizontal.places(state.pooledColumns(thumbnails)))
    let rows = vertical.places(state.pooledRows(thumbnails))
    let perLine = state.display.drawsHalfBlocks ? 2 : 1
    let lines = min(place.rows, (rows + perLine - 1) / perLine)
    let picture = (0..<lines * perLine).map { row in
      row < rows ? self.row(vertical.cells(at: row), layer: layer, head: head, thumbnails, columns, horizontal) : nil
    }
    for line in 0..<lines {
      for column in 0..<columns {
        guard let upper = picture[line * perLine]?[column] else { continue }
        let (x, y) = (place.column + column, place.row + line)
        if perLine == 2 {
          let lower = picture[line * 2 + 1].map { colors.color($0[column].cell, tone: $0[column].tone) } ?? .terminal
          let style = Style(foreground: colors.color(upper.cell, tone: upper.tone), background: lower)
          screen.draw("▀" as Character, column: x, row: y, style: style)
        } else {
          screen.draw(plainGlyph(upper.cell, tone: upper.tone), column: x, row: y)
        }
      }
    }
    guard isCurrent(layer: layer, head: head) else { return }
    for row in place.row..<place.row + max(1, lines) {
      screen.draw(glyphs.frameLeft, column: place.column - 1, row: row, style: theme.accent)
      screen.draw(glyphs.frameRight, column: place.column + columns, row: row, style: theme.accent)
    }
  }

  /// The places of one row of a picture.
  private func row(
    _ rows: Range<Int>, layer: Int, head: Int, _ thumbnails: Thumbnails, _ columns: Int, _ scale: HeadsLayout.Scale
  ) -> [(cell: Chart.Cell, tone: Float)] {
    guard rows.lowerBound < thumbnails.rows else { return Array(repeating: (.pending, 0), count: columns) }
    let line = thumbnails.strongest(layer: layer, head: head, rows: rows)
    let cells = (0..<columns).map { place -> Chart.Cell in
      let strongest = line[scale.cells(at: place).clamped(to: line.indices)].reduce(Chart.masked, max)
      return strongest == Chart.masked ? .masked : .weight(strongest)
    }
    let maximum = cells.reduce(Float(0)) { if case .weight(let weight) = $1 { max($0, weight) } else { $0 } }
    return cells.map { cell in
      guard case .weight(let weight) = cell else { return (cell, 0) }
      return (cell, state.settings.scale.position(weight, rowMaximum: maximum))
    }
  }

  /// A cell where there are no colours.
  private func plainGlyph(_ cell: Chart.Cell, tone: Float) -> Character {
    switch cell {
    case .weight: GlyphRamp.glyph(at: tone, isUTF8: state.display.isUTF8)
    case .masked: glyphs.masked
    case .pending: state.display.isUTF8 ? "·" : " "
    }
  }

  /// One line under the pictures: what they are, and what is out of sight.
  private mutating func drawHeadsFoot(_ layout: HeadsLayout, _ thumbnails: Thumbnails, _ ranking: HeadRanking) {
    guard layout.area.rows >= 8 else { return }
    var parts: [String] = []
    let (rows, columns) = (layout.visibleRows, layout.visibleColumns)
    let isCut = rows.count < thumbnails.layers || columns.count < thumbnails.heads
    if !ranking.isByLayer {
      parts.append("sorted by " + ranking.sort.name)
      if isCut { parts.append("\(rows.count * columns.count) of \(thumbnails.layers * thumbnails.heads) in sight") }
    } else {
      if rows.count < thumbnails.layers {
        parts.append("layers \(rows.lowerBound)–\(rows.upperBound - 1) of \(thumbnails.layers)")
      }
      if columns.count < thumbnails.heads {
        parts.append("heads \(columns.lowerBound)–\(columns.upperBound - 1) of \(thumbnails.heads)")
      }
    }
    if isCut, layout.hasCaptions { parts.append("\(state.keyName(.zoomOut)) for all") }
    let step = (
      row: thumbnails.rowStep * layout.vertical.step, column: thumbnails.columnStep * layout.horizontal.step
    )
    let line = Rect(
      column: layout.area.column + 1, row: layout.area.endRow - 1, columns: layout.area.columns - 2, rows: 1)
    if step.row * step.column > 1 {
      let long = parts + ["each point is the strongest of \(step.row)×\(step.column) cells"]
      let isShort = fitting(long, in: line.columns) == fitting(parts, in: line.columns)
      parts = isShort ? parts + ["a point: strongest of \(step.row)×\(step.column)"] : long
    }
    draw([(fitting(parts, in: line.columns), theme.quiet)], in: line)
  }
}

extension State {
  fileprivate func pooledRows(_ thumbnails: Thumbnails) -> Int {
    (decode.plannedSize.rows + thumbnails.rowStep - 1) / thumbnails.rowStep
  }

  fileprivate func pooledColumns(_ thumbnails: Thumbnails) -> Int {
    (decode.plannedSize.columns + thumbnails.columnStep - 1) / thumbnails.columnStep
  }
}
