import Foundation
import TUI
import Testing

/// A screen as text: its rows, and under them the same rows with a letter for the style of each cell, and what the
/// letters mean.
func transcript(_ screen: Screen) -> String {
  var letters: [Style: Character] = [.plain: " "]
  var styles: [(Character, Style)] = []
  let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&*+-/<=>?@^_~")
  var map: [String] = []
  for row in 0..<screen.size.rows {
    var line = ""
    for column in 0..<screen.size.columns {
      let style = screen[column: column, row: row].style
      if letters[style] == nil {
        let letter = styles.count < alphabet.count ? alphabet[styles.count] : "¤"
        letters[style] = letter
        styles.append((letter, style))
      }
      line.append(letters[style] ?? "¤")
    }
    while line.last == " " { line.removeLast() }
    map.append(line)
  }
  let legend = styles.map { "\($0.0)  \(describe($0.1))" }
  return (screen.text + ["--- styles"] + map + ["--- legend"] + legend).joined(separator: "\n") + "\n"
}

private func describe(_ style: Style) -> String {
  let names: [(Style.Attributes, String)] = [
    (.bold, "bold"), (.dim, "dim"), (.underline, "underline"), (.reverse, "reverse"),
  ]
  let attributes = names.filter { style.attributes.contains($0.0) }.map(\.1)
  return (["\(describe(style.foreground)) on \(describe(style.background))"] + attributes).joined(separator: " ")
}

private func describe(_ color: Color) -> String {
  switch color {
  case .terminal: return "terminal"
  case .ansi(let color): return "\(color)"
  case .rgb(let red, let green, let blue):
    return [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

/// Compares a screen with the committed transcript `Snapshots/<name>.txt`.
///
/// With `HEED_RECORD_SNAPSHOTS` set the file is written instead, and the test fails all the same, so that a run that
/// records never counts as a run that passes.
func expectSnapshot(_ name: String, _ screen: Screen, location: SourceLocation = #_sourceLocation) throws {
  let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Snapshots")
  let file = folder.appending(path: name + ".txt")
  let drawn = transcript(screen)
  if ProcessInfo.processInfo.environment["HEED_RECORD_SNAPSHOTS"] != nil {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(drawn.utf8).write(to: file)
    Issue.record("recorded \(name); run again without HEED_RECORD_SNAPSHOTS", sourceLocation: location)
    return
  }
  guard let data = try? Data(contentsOf: file) else {
    Issue.record("no snapshot \(name)", sourceLocation: location)
    return
  }
  let expected = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
  let found = drawn.split(separator: "\n", omittingEmptySubsequences: false)
  for (number, (expected, found)) in zip(expected, found).enumerated() where expected != found {
    Issue.record("\(name), line \(number + 1):\n  is  \(found)\n  was \(expected)", sourceLocation: location)
    return
  }
  #expect(expected.count == found.count, "\(name)", sourceLocation: location)
}
