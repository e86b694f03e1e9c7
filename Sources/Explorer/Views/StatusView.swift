import Foundation
import TUI
import Traces

/// The legend and the status line.
extension Painter {
  mutating func drawLegend() {
    guard let area = layout.legend?.inset(columns: 1) else { return }
    if state.picture.view == .tensors { return state.tensors.isOpen ? drawTensorLegend(in: area) : () }
    guard state.decode.matrix != nil, ![.maths, .tokens].contains(state.picture.view) else { return }
    if state.picture.view == .comparison { return drawComparisonLegend(in: area) }
    drawScale(
      state.drawsDifference ? theme.differences : state.settings.palette, in: area,
      width: min(30, max(10, area.columns / 5)), ends: scaleEnds, words: legends)
  }

  /// A palette between its two ends, and the first of some texts that fits beside it.
  ///
  /// - Parameter glyph: stands for a place on the palette where there are no colours; nil takes that of matrices.
  mutating func drawScale(
    _ palette: Palette, in area: Rect, width: Int, ends: (least: String, most: String), words: [String],
    glyph: ((Float) -> Character)? = nil
  ) {
    let end = draw([(ends.least + " ", theme.quiet)], in: area)
    for index in 0..<width {
      let tone = (Float(index) + 0.5) / Float(width)
      if state.display.depth > .none {
        screen.draw(
          " ", column: end + index, row: area.row,
          style: Style(background: palette.color(at: tone, depth: state.display.depth)), clip: area)
      } else {
        let plain =
          palette.isDiverging
          ? DifferenceRamp.glyph(at: tone) : GlyphRamp.glyph(at: tone, isUTF8: state.display.isUTF8)
        screen.draw(String(glyph?(tone) ?? plain), column: end + index, row: area.row, clip: area)
      }
    }
    let rest = Rect(column: end + width, row: area.row, columns: area.endColumn - end - width, rows: 1)
    let text = words.map { " \(ends.most)  " + $0 }.first { $0.displayWidth <= rest.columns } ?? " \(ends.most)"
    draw([(text, theme.quiet)], in: rest)
  }

  private var differenceEnds: (least: String, most: String) {
    switch state.settings.scale {
    case .unit: ("−1", "+1")
    case .row: ("−row's largest", "+row's largest")
    case .logarithmic: ("−1", "+1, logarithmic")
    }
  }

  /// What stands at the two ends of the palette.
  var scaleEnds: (least: String, most: String) {
    if state.drawsDifference { return differenceEnds }
    return switch state.settings.scale {
    case .unit: ("0", "1")
    case .row: ("0", "row's largest")
    case .logarithmic: (".0001", "1, logarithmic")
    }
  }

  /// What is shown and how to read it, longest first.
  private var legends: [String] {
    let mean = state.decode.head?.extent == .head ? [] : [state.headName]
    let changes = [
      state.settings.words == .merged ? "words merged" : nil,
      state.settings.specialTokens == .dimmed ? "special tokens dimmed" : nil,
    ].compactMap { $0 }
    let shown = ([state.decode.site.name] + mean + changes).joined(separator: ", ")
    if state.decode.comparison != nil, state.picture.view == .matrix, state.decode.shown != .after {
      let name = layout.holdsThreePictures ? "before, the difference, now" : state.decode.shown.name
      return [shown + " · " + name, name, state.decode.shown == .before ? "before" : "difference"]
    }
    let row =
      switch state.decode.site {
      case .cross: ("where the model looked to produce that token", "where the model looked for it")
      case .encoder: ("where that source token looked", "where that token looked")
      case .decoder: ("what was read to produce that token", "what was read for it")
      }
    return [
      "\(shown) · a row shows \(row.0); it sums to 1", "\(shown) · a row is \(row.1); it sums to 1",
      "\(shown) · a row sums to 1", shown,
    ]
  }

  mutating func drawStatus() {
    if let rule = layout.rule {
      screen.drawHorizontalLine(column: 0, row: rule.row, columns: rule.columns, style: theme.frame)
    }
    let area = layout.status.inset(columns: 1)
    if let question = state.question {
      let keys = "  \(state.keyName(.answerYes)) yes · \(state.keyName(.answerNo)) no"
      draw([(question.text.truncated(to: area.columns - keys.count), theme.failure), (keys, theme.accent)], in: area)
    } else if let prompt = state.prompt {
      drawPrompt(prompt, in: area)
    } else if let notice = state.notice {
      let style = notice.kind == .failure ? theme.failure : theme.strong
      draw([(notice.text(in: area.columns), style)], in: area)
    } else if state.helpLine != nil {
      draw([(helpRemark, theme.quiet)], in: area)
    } else if state.focus == .sentence {
      let (enter, leave) = (state.keyName(.decodeSentence), state.keyName(.leaveSentence))
      draw([("\(enter) decodes this sentence; \(leave) leaves the old one", theme.quiet)], in: area)
    } else if let picker = state.picker {
      drawPickerStatus(picker, in: area)
    } else if let (_, job) = state.jobs.visible {
      drawJob(job, in: area)
    } else if let progress = state.decode.progress {
      draw([(progress.label, theme.quiet)], in: area)
    } else if state.picture.view == .tensors {
      draw(tensorDescription, in: area)
    } else {
      draw(cellDescription, in: area)
    }
  }

  /// What is under way, how far it is, and how to stop it.
  private mutating func drawJob(_ job: Jobs.Job, in area: Rect) {
    var pieces: [Piece] = [((job.label ?? "").truncated(to: max(10, area.columns - 36)) + "  ", theme.text)]
    if let fraction = job.fraction {
      pieces.append((barText(Float(fraction), columns: 16, isUTF8: state.display.isUTF8), theme.accent))
      pieces.append(("  ", theme.text))
    }
    draw(pieces + [("\(state.keyName(.stop)) stops it", theme.quiet)], in: area)
  }

  private var helpRemark: String {
    let hidden = Help.lastTop(state) - (state.helpLine ?? 0)
    let next = state.keyName(.nextSheet)
    return hidden > 0 ? "\(hidden) more lines: \(next) goes on · a key does what it says" : "a key does what it says"
  }

  /// The line that is being typed, and what is known of it.
  private mutating func drawPrompt(_ prompt: Prompt, in area: Rect) {
    let (mark, rest) = area.splitLeft(prompt.kind.rawValue.displayWidth)
    draw([(prompt.kind.rawValue, theme.accent)], in: mark)
    let line = rest.splitLeft(max(10, rest.columns / 2)).left
    drawEditor(prompt.editor, in: line)
    let hint = prompt.kind == .command ? commandHint(prompt.editor.text) : state.explanation(of: prompt)
    let text = prompt.editor.text
    let room = rest.splitLeft(max(text.displayWidth + 3, min(24, line.columns))).rest
    draw([(hint.truncated(to: room.columns), theme.quiet)], in: room)
  }

  private func commandHint(_ text: String) -> String {
    let completions = state.completions(of: text)
    let only = completions.count == 1 ? completions.first.flatMap { state.explanation(of: $0) } : nil
    let names = completions.prefix(8).map { $0.trimmingCharacters(in: .whitespaces) } + (only.map { [$0] } ?? [])
    let explanation = state.explanation(of: text)
    // A token that is being typed is worth more than what was known before it.
    if text.hasPrefix("force "), !completions.isEmpty {
      return state.knownTokens.prefix(8).map(\.typedName).joined(separator: "  ")
    }
    return explanation ?? names.joined(separator: "  ")
  }

  /// The cell under the cursor: which, its weight, and how it stands in its row and column.
  private var cellDescription: [Piece] {
    if state.picture.view == .comparison { return comparisonDescription }
    if state.picture.view == .heads, state.decode.thumbnails != nil { return headDescription }
    guard let chart = state.decode.chart, state.picture.view != .tokens, chart.rows.count > 0, chart.columns.count > 0
    else { return state.currentStep.map { stepDescription($0) } ?? sourceRemarks }
    let (row, column) = (chart.rows.place(of: state.row), chart.columns.place(of: state.column))
    let pair = "\(chart.rows.entries[row].label) \(glyphs.from) \(chart.columns.entries[column].label)"
    guard case .weight(let weight) = chart[row, column] else {
      return [
        (pair, theme.strong), ("  masked  ", theme.accent),
        ("the model cannot look there, so its weight is exactly 0", theme.quiet),
      ]
    }
    let head: [Piece] = [
      (pair, theme.strong), ("  \(Numbers.fixed(weight, 4))  ", theme.accent),
      ((comparison(weight) ?? remark).map { $0 + "  " } ?? "", theme.text),
    ]
    let room = layout.status.columns - 2 - head.reduce(0) { $0 + $1.text.displayWidth }
    let long = remarks(chart, row, column, first: "largest", of: " of its ").joined(separator: " · ")
    if long.displayWidth <= room { return head + [(long, theme.quiet)] }
    return head + [(fitting(remarks(chart, row, column, first: "1st", of: " of "), in: room), theme.quiet)]
  }

  /// What a weight was before, while that is looked at.
  private func comparison(_ weight: Float) -> String? {
    guard state.decode.shown != .after, let earlier = state.decode.earlier, let chart = state.decode.chart else {
      return nil
    }
    let (row, column) = (earlier.rows.place(of: state.row), earlier.columns.place(of: state.column))
    let here = chart.rows.entries[chart.rows.place(of: state.row)].tokens
    guard row < earlier.rows.count, earlier.rows.entries[row].tokens == here else { return "had no such row before" }
    let old: Float = if case .weight(let weight) = earlier[row, column] { weight } else { 0 }
    return "was \(Numbers.fixed(old, 4)), difference \(Numbers.signed(weight - old, 4))"
  }

  /// The head under the cursor of the grid: what it does, and by which measure.
  private var headDescription: [Piece] {
    guard let cursor = state.decode.head, let matrix = state.decode.matrix else { return [] }
    let name: [Piece] = [(state.headName, theme.strong)]
    guard matrix.rows > 0 else { return name + [("  nothing decoded yet", theme.quiet)] }
    guard cursor.extent == .head,
      let measures = state.decode.ranking?.measures(layer: cursor.layer, head: cursor.head), let type = measures.type
    else { return name + [("  \(state.decode.site.name) · \(state.keyName(.openHead)) opens it", theme.quiet)] }
    let head = name + [("  " + type.rawValue, theme.accent)]
    let agreement = measures.agreement.value.map { ["agrees \(Numbers.short(Float($0))) with the mean"] } ?? []
    let entropy = measures.entropy.value.map { ["entropy \(Numbers.fixed(Float($0), 2)) bit"] } ?? []
    let room = layout.status.columns - 4 - head.reduce(0) { $0 + $1.text.displayWidth }
    // The measure that the name comes from stands before all else.
    let parts = [(measures.evidence ?? "").truncated(to: room)] + agreement + entropy
    return head + [("  " + fitting(parts, in: room), theme.quiet)]
  }

  private func remarks(_ chart: Chart, _ row: Int, _ column: Int, first: String, of: String) -> [String] {
    func rank(_ rank: Int) -> String { rank == 1 ? first : Numbers.ordinal(rank) }
    let matrix = chart.matrix
    let score = matrix.score(row: row, column: column).map { ["score \(Numbers.signed($0, 3))"] } ?? []
    let (rows, columns) = (chart.rows.entries[row].tokens.count, chart.columns.entries[column].tokens.count)
    let merged = [
      columns > 1 ? "sum over \(columns) parts" : nil, rows > 1 ? "mean over \(rows) parts" : nil,
    ].compactMap { $0 }
    return merged + [
      rank(matrix.rankInRow(row: row, column: column)) + of + "row",
      rank(matrix.rankInColumn(row: row, column: column)) + of + "column",
    ] + score + ["exactly \(matrix[row, column])"]
  }

  private func stepDescription(_ step: Step) -> [Piece] {
    [
      (step.token.surface, theme.strong), ("  \(Numbers.fixed(step.probability, 4))", theme.accent),
      (
        "  probability at step \(state.cursor.step + 1)"
          + (step.isForced ? " · forced, not the model's choice" : "") + " · exactly \(step.probability)", theme.quiet
      ),
    ]
  }

  /// Before the first step: whether a word of the sentence is unknown to the model.
  private var sourceRemarks: [Piece] {
    let unknown = state.decode.source.filter { $0.kind == .unknown }.map(\.surface)
    guard let first = unknown.first else { return readyRemark }
    let others = unknown.count > 1 ? " and \(unknown.count - 1) more" : ""
    let verb = unknown.count > 1 ? "are" : "is"
    return [
      ("“\(first)”\(others)", theme.strong), (" \(verb) unknown to the model: read as <unk>", theme.quiet),
    ]
  }

  private var readyRemark: [Piece] {
    guard let trace = state.decode.trace else { return [] }
    let text = "\(trace.source.count) source tokens read, none produced yet"
    return [(text, theme.quiet)]
  }

  /// What is unusual about the cell's two tokens.
  private var remark: String? {
    guard let trace = state.decode.trace else { return nil }
    let sources = trace.source.indices
    let looked = [
      state.decode.site == .decoder ? nil : state.cursor.source, state.decode.site == .encoder ? state.row : nil,
    ]
    let unknown = looked.compactMap { $0 }.filter(sources.contains).map { trace.source[$0] }.first {
      $0.kind == .unknown
    }
    if let unknown { return "“\(unknown.surface)” is unknown: read as \(unknown.piece)" }
    guard state.decode.site != .encoder, let step = state.currentStep else { return nil }
    if step.isForced { return "forced, not the model's choice" }
    if step.token.kind == .unknown { return "the model's word for all unknown ones" }
    return nil
  }
}
