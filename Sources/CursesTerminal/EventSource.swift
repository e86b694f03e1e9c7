import CCurses
import Foundation
import TUI

/// Everything that happens, one event at a time: signals, keys, pastes, the mouse, the end of the terminal.
struct EventSource {
  /// How long a lone Escape may be the beginning of a sequence.
  static let escapeDelay = Duration.milliseconds(25)

  private var decoder = InputDecoder()
  /// When what the decoder waits for is given up.
  private var escapeDeadline: ContinuousClock.Instant?
  private var isGone = false

  init() {}

  mutating func next(timeout: Duration?) -> TerminalEvent? {
    let end = timeout.map { ContinuousClock.now.advanced(by: $0) }
    while true {
      if let event = nextSignal() { return event }
      if let event = decoder.next() { return act(on: event) }
      if isGone { return .terminate(signal: SIGHUP) }
      let mask = heed_wait(Self.milliseconds(until: [end, escapeDeadline].compactMap { $0 }.min()))
      if mask & Int32(HEED_INPUT) != 0 { read() }
      if let deadline = escapeDeadline, ContinuousClock.now >= deadline {
        decoder.giveUpWaiting()
        escapeDeadline = nil
      }
      if mask & Int32(HEED_WOKEN) != 0 { return nextSignal() ?? decoder.next().flatMap { act(on: $0) } }
      if mask == 0, let end, ContinuousClock.now >= end { return decoder.next().flatMap { act(on: $0) } }
    }
  }

  /// Reads once what has been typed.
  private mutating func read() {
    let count = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4096) { buffer in
      let count = heed_read(buffer.baseAddress, buffer.count)
      if count > 0 { decoder.feed(buffer[..<count]) }
      return count
    }
    if count == 0 { isGone = true }
    escapeDeadline = decoder.isWaiting ? ContinuousClock.now.advanced(by: Self.escapeDelay) : nil
  }

  private mutating func nextSignal() -> TerminalEvent? {
    switch heed_next_signal() {
    case 0: return nil
    case SIGWINCH: return .resize(Size(columns: 0, rows: 0))
    case SIGTSTP: return suspend()
    case SIGCONT:
      // Stopped by a signal that cannot be kept: the shell has had the terminal since.
      heed_enter()
      return .resumed
    case let signal: return .terminate(signal: signal)
    }
  }

  private mutating func suspend() -> TerminalEvent {
    heed_leave()
    heed_stop()
    heed_enter()
    return .resumed
  }

  /// The keys that are signals elsewhere. They come as keys, so that a paste cannot send them.
  private mutating func act(on event: TerminalEvent) -> TerminalEvent? {
    switch event {
    case .key(.control("c")):
      return .terminate(signal: SIGINT)
    case .key(.control("z")):
      // The loop hears of it like of any other SIGTSTP; so do the other programs of the pipeline.
      heed_stop_group()
      return next(timeout: .zero)
    default:
      return event
    }
  }

  /// For poll: rounded up, so that it does not end too early; -1 is for ever.
  static func milliseconds(until end: ContinuousClock.Instant?) -> Int32 {
    guard let end else { return -1 }
    let (seconds, attoseconds) = (end - .now).components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    guard seconds < 1_000_000 else { return 1_000_000_000 }
    return Int32(seconds) * 1000 + Int32((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
