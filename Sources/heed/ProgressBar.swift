import Foundation

/// One line of standard error that is drawn over itself; nothing where that is no terminal.
final class ProgressBar {
  private static let secondsBetweenDraws = 0.1

  let isTerminal = isatty(STDERR_FILENO) == 1
  private var lastDraw: ContinuousClock.Instant?

  /// Draws `text`, unless it was drawn a moment ago.
  func draw(_ text: () -> String) {
    guard isTerminal else { return }
    if let lastDraw, (ContinuousClock.now - lastDraw) / .seconds(1) < Self.secondsBetweenDraws { return }
    lastDraw = .now
    write(Self.emptyLine + text())
  }

  /// Prints a line that stays, in the bar's place.
  func say(_ line: String) { write((isTerminal ? Self.emptyLine : "") + line + "\n") }

  func clear() {
    if isTerminal { write(Self.emptyLine) }
  }

  /// Of standard error, in columns; 80 where it is no terminal.
  static var terminalWidth: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  private static let emptyLine = "\r\u{1b}[K"

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
