import Foundation
import Synchronization

/// How often the user asked the run to stop. Global because a signal handler can reach nothing else.
private let requests = Atomic<Int>(0)

/// Ctrl-C and SIGTERM during training: the first asks for a snapshot and an end, the second ends at once.
public enum Interruption {
  /// The exit status of a program that a second signal ends at once, as shells count it for Ctrl-C.
  public static let immediateStatus: Int32 = 130

  /// True once a signal came in.
  public static var isRequested: Bool { requests.load(ordering: .relaxed) > 0 }

  /// Watches the signals until the process ends or `restore` is called.
  public static func watch(_ signals: [Int32] = [SIGINT, SIGTERM]) {
    requests.store(0, ordering: .relaxed)
    for number in signals {
      // Atomics and `_exit` are safe inside a handler; nothing else is done there.
      signal(number) { _ in
        if requests.add(1, ordering: .relaxed).newValue > 1 { _exit(Interruption.immediateStatus) }
      }
    }
  }

  /// Gives the signals their usual meaning back.
  public static func restore(_ signals: [Int32] = [SIGINT, SIGTERM]) {
    for number in signals { signal(number, SIG_DFL) }
    requests.store(0, ordering: .relaxed)
  }
}

/// Thrown out of a validation that was asked to stop; the epoch's end is then done again on resuming.
public struct ValidationInterrupted: Error {
  public init() {}
}
