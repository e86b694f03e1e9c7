import ArgumentParser
import CursesTerminal
import Engine
import Explorer
import Foundation
import Synchronization
import TUI
import Tensors
import Traces

/// From a key press to a painted frame: `update`, `view` and the bytes that a terminal is sent.
struct Frames: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures key press to painted frame, view by view, on synthetic attention or on a model.",
    discussion: """
      The terminal is a pseudo-terminal that is read as fast as it is written. Time is measured twice: by the clock, which \
      counts what else the machine does, and as the thread's own CPU time.
      """)

  @Option(help: "A model folder; synthetic attention if not given.")
  var model: String?

  @Option(help: "What the model reads; its example if not given.")
  var sentence: String?

  @Option(help: "Source and target tokens of the synthetic attention.")
  var tokens = 512

  @Option(help: "Its layers, and heads of each.")
  var heads = 12

  @Option(help: "The window.")
  var columns = 200

  @Option(help: "The window.")
  var rows = 60

  @Option(help: "Key presses measured in each view.")
  var presses = 400

  @Option(help: "Only the views whose names begin so.")
  var view = ""

  mutating func run() throws {
    Memory.keepPagesOfFrames()
    let trace = try model.map { try decoded($0) } ?? Synthetic.trace(tokens: tokens, layers: heads, heads: heads)
    let size = Size(columns: columns, rows: rows)
    let scripts = Script.all.filter { $0.name.hasPrefix(view) }
    for line in try measureFrames(trace, scripts, size: size, presses: presses) { print(line) }
  }

  /// The whole decode of a sentence with a model.
  private func decoded(_ path: String) throws -> AttentionTrace {
    let answers = Answers()
    let engine = Engine { answer, _ in answers.post(answer) }
    engine.submit(.open(path: path), generation: 0)
    guard case .opened(let opened) = answers.next() else { throw ValidationError("\(path): cannot be opened") }
    engine.submit(.decode(sentence ?? opened.example), generation: 0)
    _ = answers.next()
    engine.submit(.jump(to: .max), generation: 0)
    guard case .traced(let trace) = answers.next() else { throw ValidationError("\(path): the sentence was not read") }
    return trace
  }
}

/// Answers of an engine, waited for.
final class Answers: Sendable {
  private let answers = Mutex<[Engine.Answer]>([])
  private let ready = DispatchSemaphore(value: 0)

  func post(_ answer: Engine.Answer) {
    answers.withLock { $0.append(answer) }
    ready.signal()
  }

  func next() -> Engine.Answer {
    ready.wait()
    return answers.withLock { $0.removeFirst() }
  }
}
