/// What is being done beside the interface. Of each kind there is one job at a time: a newer one takes the place of an
/// older, whose answer then comes too late.
struct Jobs: Sendable, Equatable {
  enum Kind: Sendable, Hashable, CaseIterable {
    case opening, listing, completing, inspecting, measuring, reading, writing
  }

  struct Job: Sendable, Equatable {
    let number: Int
    /// What the status line says of it; nil for what takes no time worth a word.
    let label: String?
    var fraction: Double?
  }

  private(set) var running: [Kind: Job] = [:]
  private var count = 0

  mutating func begin(_ kind: Kind, label: String?) -> Int {
    count += 1
    running[kind] = Job(number: count, label: label)
    return count
  }

  /// The kind of a job that is still awaited.
  func kind(of number: Int) -> Kind? { running.first { $0.value.number == number }?.key }

  mutating func end(_ kind: Kind) -> Job? { running.removeValue(forKey: kind) }

  mutating func report(_ fraction: Double, of number: Int) {
    guard let kind = kind(of: number) else { return }
    running[kind]?.fraction = fraction.isNaN ? 0 : min(1, max(0, fraction))
  }

  /// The newest that a person may wait for.
  var visible: (kind: Kind, job: Job)? {
    running.filter { $0.value.label != nil }.max { $0.value.number < $1.value.number }.map { ($0.key, $0.value) }
  }
}

extension State {
  /// Asks for work on files; an unfinished job of the same kind is given up.
  mutating func ask(_ kind: Jobs.Kind, _ request: FileRequest, label: String? = nil) -> [Command] {
    let given = giveUp(kind)
    if kind == .writing { writing = request }
    return given + [.file(request, job: jobs.begin(kind, label: label))]
  }

  mutating func giveUp(_ kind: Jobs.Kind) -> [Command] {
    jobs.end(kind).map { [.stopJob($0.number)] } ?? []
  }

  /// Gives up what Escape would stop; nil if nothing is under way.
  mutating func stopJob() -> [Command]? {
    guard let (kind, job) = jobs.visible else { return nil }
    notice = Notice(kind: .information, text: "stopped: \(job.label ?? "")")
    if kind == .measuring || kind == .reading { leaveUnread("stopped; \(keyName(.openTensor)) reads it") }
    return giveUp(kind)
  }

  /// Takes in what became of a job; too late for one that was given up.
  mutating func take(_ answer: FileAnswer, job number: Int) -> [Command] {
    guard let kind = jobs.kind(of: number) else { return [] }
    _ = jobs.end(kind)
    if case .failed(let reason) = answer { return fail(kind, reason) }
    switch (kind, answer) {
    case (.opening, .opened(let model, let example)): return use(model, example: example, job: number)
    case (.listing, .listed(let listing)): list(listing)
    case (.completing, .completed(let paths)): complete(with: paths)
    case (.inspecting, .inspected(let checkpoint)): tensors.show(checkpoint)
    case (.measuring, .measured(let statistics)): takeMeasured(statistics)
    case (.reading, .tile(let tile)): take(tile)
    case (.writing, .written(let file)): hasWritten(file)
    case (.writing, .exists(let file)): askToReplace(file)
    default: break
    }
    return []
  }

  private mutating func fail(_ kind: Jobs.Kind, _ reason: String) -> [Command] {
    switch kind {
    case .completing: return []
    case .inspecting: tensors.failure = reason
    case .measuring, .reading: leaveUnread(reason)
    case .listing: picker?.failure = reason
    case .opening, .writing:
      writing = nil
      notice = Notice(kind: .failure, text: reason)
    }
    return []
  }
}
