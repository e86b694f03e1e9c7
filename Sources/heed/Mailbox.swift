import Engine
import Explorer
import Foundation
import Synchronization

/// What engine and files have to say, on its way to the loop's thread.
final class Mailbox: Sendable {
  enum Message: Sendable {
    case answer(Engine.Answer, generation: Int)
    /// The one answer to a job.
    case file(FileAnswer, job: Int)
    case progress(Double, job: Int)
    /// The one answer to what was begun elsewhere.
    case event(Event)
    /// What the engine of this number beside the first has to say; nil for an answer that says nothing.
    case beside(Event?, number: Int)
  }

  private let messages = Mutex<[Message]>([])
  private let wake: @Sendable () -> Void

  /// - Parameter wake: ends the wait of the loop's thread; called from any.
  init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

  func post(_ message: Message) {
    messages.withLock { $0.append(message) }
    wake()
  }

  /// Removes what has come, in order.
  func take() -> [Message] {
    messages.withLock { messages in
      defer { messages = [] }
      return messages
    }
  }
}
