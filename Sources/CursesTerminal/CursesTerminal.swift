import CCurses
import Foundation
import TUI

/// The terminal, taken over for full-screen pictures.
///
/// It owns the terminal: when it ends, also by a signal or a crash, settings, screen, cursor and modes are as they were. There
/// can be one at a time. Pictures go out by `present`, and everything that happens comes in by `nextEvent`, both on the thread
/// that made it; only `Waker` is for other threads.
public struct CursesTerminal: ~Copyable {
  /// What the terminal can show.
  public struct Capabilities: Sendable, Hashable {
    public var depth: ColorDepth
    /// Otherwise text is shown by its nearest ASCII characters.
    public var isUTF8: Bool
  }

  /// Largest picture shown; of a larger window the top left part is used.
  public static let largestSize = Size(columns: 2_000, rows: 1_000)

  public let capabilities: Capabilities
  /// The window's size, as of the last event.
  public private(set) var size: Size

  private var input: EventSource
  private var painter: Painter

  /// Takes over the terminal on standard input and output.
  ///
  /// - Parameter mouse: whether to ask for clicks and the wheel. The terminal's own selection then needs Shift.
  /// - Throws: `TerminalError`, with the terminal as it was.
  public init(
    mouse: Bool = true, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(TerminalError) {
    let opened = try Self.takeOver(mouse: mouse, environment)
    capabilities = opened.capabilities
    size = opened.size
    painter = Painter(depth: opened.capabilities.depth, pairLimit: Int(heed_pair_limit()))
    input = EventSource()
  }

  deinit { heed_close() }

  /// Gives the terminal back now.
  public consuming func close() {}

  /// Shows a picture. Only what differs from the last one is sent.
  public mutating func present(_ screen: Screen) {
    painter.paint(screen)
  }

  /// Sends the next picture whole, since another program may have written over this one.
  public mutating func redraw() {
    heed_redraw_all()
    painter.forget()
  }

  /// Waits for what happens next. `size` is up to date when it returns.
  ///
  /// - Parameter timeout: longest wait; without one it waits for ever.
  /// - Returns: nothing after the time is over, and after a wake-up.
  public mutating func nextEvent(timeout: Duration? = nil) -> TerminalEvent? {
    guard let event = input.next(timeout: timeout) else { return nil }
    switch event {
    case .resize, .resumed:
      size = Self.windowSize(ProcessInfo.processInfo.environment)
      heed_resize(Int32(size.columns), Int32(size.rows))
      painter.forget()
      return event == .resumed ? .resumed : .resize(size)
    default:
      return event
    }
  }

  /// Ends a wait in `nextEvent` from another thread.
  public var waker: Waker { Waker() }

  private static func takeOver(
    mouse: Bool, _ environment: [String: String]
  ) throws(TerminalError) -> (capabilities: Capabilities, size: Size) {
    guard isatty(STDIN_FILENO) == 1 else { throw .inputIsNotATerminal }
    guard isatty(STDOUT_FILENO) == 1 else { throw .outputIsNotATerminal }
    guard !heed_is_open() else { throw .inUse }
    guard let term = environment["TERM"], !term.isEmpty else { throw .typeMissing }
    let description = describe(term)
    guard description.exists else { throw .unknownType(term) }
    guard description.canPosition else { throw .tooSimple(term) }
    let colors = ColorSupport(term: term, environment: environment, describe: describe)
    let isUTF8 = heed_use_locale()
    let size = windowSize(environment)
    let isOpen = heed_open(colors.term, Int32(size.columns), Int32(size.rows), mouse, colors.depth > .none)
    guard isOpen else { throw .refused(colors.term) }
    return (Capabilities(depth: colors.depth, isUTF8: isUTF8), size)
  }

  /// What the terminal on standard output can show, without taking it over: for plain output with colours.
  public static func outputCapabilities(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> Capabilities {
    let isUTF8 = heed_use_locale()
    guard let term = environment["TERM"], !term.isEmpty, describe(term).exists else {
      return Capabilities(depth: .none, isUTF8: isUTF8)
    }
    let depth = ColorSupport(term: term, environment: environment, describe: describe).depth
    // Escape sequences of our own need no description of the terminal, its word is enough.
    let isTrueColor = depth > .none && ColorSupport.promisesTrueColor(environment)
    return Capabilities(depth: isTrueColor ? .trueColor : depth, isUTF8: isUTF8)
  }

  private static func describe(_ term: String) -> ColorSupport.Description {
    let found = heed_describe(term, STDOUT_FILENO)
    return ColorSupport.Description(
      exists: found.exists, canPosition: found.can_position, hasRGB: found.has_rgb, colors: Int(found.colors))
  }

  /// The window's size as the kernel knows it, else as `COLUMNS` and `LINES` say, else that of the oldest terminals.
  private static func windowSize(_ environment: [String: String]) -> Size {
    var columns: Int32 = 0
    var rows: Int32 = 0
    if !heed_window_size(STDOUT_FILENO, &columns, &rows) {
      columns = environment["COLUMNS"].flatMap { Int32($0) } ?? 80
      rows = environment["LINES"].flatMap { Int32($0) } ?? 24
    }
    return Size(
      columns: min(max(1, Int(columns)), largestSize.columns), rows: min(max(1, Int(rows)), largestSize.rows))
  }
}

/// Wakes the thread that waits in `CursesTerminal.nextEvent`. It may outlive the terminal, and then does nothing.
public struct Waker: Sendable {
  public func wake() { heed_wake() }
}
