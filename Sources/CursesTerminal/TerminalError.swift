/// Why the terminal cannot show a screen. Each description is one line that says what to do.
public enum TerminalError: Error, Hashable, CustomStringConvertible {
  case inputIsNotATerminal
  case outputIsNotATerminal
  case typeMissing
  case unknownType(String)
  case tooSimple(String)
  case inUse
  case refused(String)

  public var description: String {
    switch self {
    case .inputIsNotATerminal:
      "standard input is not a terminal: start the explorer without a pipe or `<`, or use `heed trace` in scripts"
    case .outputIsNotATerminal:
      "standard output is not a terminal: start the explorer without a pipe or `>`, or use `heed trace` in scripts"
    case .typeMissing:
      "TERM is not set, so the terminal's type is not known: set it, for example TERM=xterm-256color"
    case .unknownType(let name):
      "no description of terminal type \"\(name)\" (TERM) is installed: install it (Debian: ncurses-term) or set another, "
        + "for example TERM=xterm-256color"
    case .tooSimple(let name):
      "terminal type \"\(name)\" (TERM) cannot move its cursor: use another terminal, or `heed trace` for plain text"
    case .inUse:
      "the terminal already shows a screen of this program: close that one first"
    case .refused(let name):
      "ncurses cannot use terminal type \"\(name)\" (TERM): set another, for example TERM=xterm-256color"
    }
  }
}
