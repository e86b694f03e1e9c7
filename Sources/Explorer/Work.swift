import Traces

/// Something that takes too long to be made between a key press and its picture, such as the mean over many heads or
/// attention flow: made beside the interface from a trace, which is a value, and answered with `Event.worked`.
public struct Work: Sendable, Equatable {
  enum Job: Sendable, Equatable {
    case matrix(HeadCursor)
    /// Thumbnails and measures of all heads.
    case heads(AttentionLayout)
  }

  /// About how many numbers are gone through between two frames at the most.
  static let mostAtOnce = 1_000_000.0

  let job: Job
  let trace: AttentionTrace
  /// Which of a decode's traces it is.
  let number: Int
  /// Whose decode: nil for the first.
  let slot: Int?

  /// To be called on any thread but the one that draws.
  public func carryOut() -> Event {
    switch job {
    case .matrix(let head): .worked(Worked(work: self, result: .matrix(head, head.matrix(in: trace))))
    case .heads(let layout):
      .worked(Worked(work: self, result: .heads(Thumbnails(trace, layout), HeadRanking(trace, layout))))
    }
  }
}

/// What has been made.
public struct Worked: Sendable, Equatable {
  enum Result: Sendable, Equatable {
    case matrix(HeadCursor, AttentionMatrix?)
    case heads(Thumbnails?, HeadRanking)
  }

  let number: Int
  let slot: Int?
  let result: Result

  init(work: Work, result: Result) {
    (number, slot, self.result) = (work.number, work.slot, result)
  }
}

extension HeadCursor {
  /// About how many numbers must be gone through for its matrix.
  func cost(in trace: AttentionTrace) -> Double {
    guard let block = trace.block(site) else { return 0 }
    let (rows, columns) = (Double(trace.rowTokens(site).count), Double(trace.columnTokens(site).count))
    let (layers, heads) = (Double(block.layers), Double(block.heads))
    return switch extent {
    case .head: rows * columns
    case .layer: rows * columns * heads
    case .all: rows * columns * heads * layers
    case .rollout: columns * columns * (layers * heads + layers * columns)
    case .flow: columns * columns * columns * columns * (Double(layer) + 1)
    }
  }
}

extension AttentionLayout {
  /// About how many numbers must be gone through for the thumbnails and measures of all heads; measuring one takes about as
  /// long as looking at eight.
  func cost(in trace: AttentionTrace) -> Double {
    8 * Double(layers * heads) * Double(trace.rowTokens(site).count) * Double(trace.columnTokens(site).count)
  }
}

extension State {
  /// What is needed for the picture and is not there yet.
  mutating func commandsForWork() -> [Command] {
    let layout = picture.view == .heads ? headLayout : nil
    var commands = decode.work(layout, slot: nil).map { [Command.work($0)] } ?? []
    for index in comparison?.others.indices ?? 0..<0 {
      guard let slot = comparison?.others[index].slot else { continue }
      if let work = comparison?.others[index].decode.work(nil, slot: slot) { commands.append(.work(work)) }
    }
    return commands
  }

  mutating func take(_ worked: Worked) {
    guard let slot = worked.slot else { return decode.take(worked) }
    guard let index = comparison?.others.firstIndex(where: { $0.slot == slot }) else { return }
    comparison?.others[index].decode.take(worked)
  }
}
