import Foundation
import TUI

/// A terminal of a given size in place of this program's own: standard input and output become its one end, and what is
/// written to it is read away at the other.
struct PseudoTerminal {
  private let output: Int32
  private let main: Int32

  struct Failure: Error, CustomStringConvertible {
    let description = "no pseudo-terminal can be opened"
  }

  init(_ window: Size) throws {
    main = posix_openpt(O_RDWR | O_NOCTTY)
    guard main >= 0, grantpt(main) == 0, unlockpt(main) == 0, let name = ptsname(main) else {
      throw Failure()
    }
    let side = open(name, O_RDWR | O_NOCTTY)
    var size = winsize(
      ws_row: UInt16(clamping: window.rows), ws_col: UInt16(clamping: window.columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(side, UInt(TIOCSWINSZ), &size)
    output = dup(STDOUT_FILENO)
    dup2(side, STDIN_FILENO)
    dup2(side, STDOUT_FILENO)
    Door.close(side)
    let main = main
    Thread.detachNewThread {
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while read(main, &buffer, buffer.count) > 0 {}
    }
  }

  /// Standard output as it was.
  func close() {
    fflush(stdout)
    dup2(output, STDOUT_FILENO)
  }
}

/// The C library's own `close`, which a method of that name would hide.
private enum Door {
  static func close(_ file: Int32) { _ = Foundation.close(file) }
}
