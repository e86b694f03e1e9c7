import Foundation
import TUI

/// A terminal of a given size in place of this program's own: standard input and output become its one end, and what is
/// written to it is read away at the other. Linux alone.
struct PseudoTerminal {
  private let output: Int32

  struct Failure: Error, CustomStringConvertible {
    let description = "no pseudo-terminal can be opened"
  }

  /// `ioctl`s of Linux's /dev/ptmx that Swift does not import: unlock it, and tell its number.
  private static let unlock: UInt = 0x4004_5431
  private static let tellNumber: UInt = 0x8004_5430

  init(_ window: Size) throws {
    let main = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var (zero, number): (Int32, Int32) = (0, 0)
    guard main >= 0, ioctl(main, Self.unlock, &zero) == 0, ioctl(main, Self.tellNumber, &number) == 0 else {
      throw Failure()
    }
    let side = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    guard side >= 0 else { throw Failure() }
    var size = winsize(
      ws_row: UInt16(clamping: window.rows), ws_col: UInt16(clamping: window.columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(side, UInt(TIOCSWINSZ), &size)
    output = dup(STDOUT_FILENO)
    dup2(side, STDIN_FILENO)
    dup2(side, STDOUT_FILENO)
    Thread.detachNewThread {
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while read(main, &buffer, buffer.count) > 0 {}
    }
  }

  /// Standard output as it was.
  func close() {
    fflush(nil)
    dup2(output, STDOUT_FILENO)
  }
}
