import Foundation
import Models
import Synchronization
import Traces

/// Loads a model and decodes with it away from the thread that draws, one request after the other.
///
/// Every request gets exactly one answer, under the generation that it came with. Between two decoded tokens a request
/// looks whether it has been cancelled. A question, which changes nothing, is given up as soon as the same is asked about
/// something else, or something changes.
public actor Engine {
  public enum Request: Sendable, Equatable {
    /// Load a model folder.
    case open(path: String)
    /// Load another model while the one in use goes on; it is kept ready for `use`.
    case openBeside(path: String)
    /// Put the model that was opened beside under this generation in the place of the one in use.
    case use(Int)
    /// Encode a sentence and decode no token yet.
    case decode(String)
    /// Load another model and decode a sentence with it under the same interventions: so many tokens, or to the end for nil.
    /// Older requests of this kind that have not begun are left out.
    case reopen(path: String, text: String, steps: Int?)
    case step
    /// Go to the moment where so many tokens have been decoded, back or on.
    case jump(to: Int)
    /// Produce `token` at step `at` instead of what stands there or would follow.
    case force(token: Int, at: Int)
    /// Replace the interventions and decode anew from the first step that they change, as far as it had come: to its end
    /// if it had ended.
    case intervene([Intervention])
    /// Say what the interventions did: decode the same sentence as far under these instead, and compare.
    case compare(with: [Intervention])
    /// Look something up in the target vocabulary.
    case tokens(TokenQuery)
    /// Work through one row of a head's attention.
    case work(HeadAddress, row: Int)
    /// Go on to the end with a beam search, from step `from` or from where the decode stands; stopped on the way, the
    /// decode stays as it was.
    case search(BeamSearch, from: Int? = nil)
    /// Stop what was asked for before, and answer with what there is.
    case cancel
  }

  public enum Answer: Sendable, Equatable {
    case opened(OpenedModel)
    /// The answer to `openBeside`; it may come after those to later requests.
    case ready(OpenedModel)
    /// The other answer: why it could not be opened, in one line.
    case refused(String)
    /// The answer to `use`.
    case inUse
    /// Everything decoded so far.
    case traced(AttentionTrace)
    /// The answer to `compare`: before under its interventions, after as decoded.
    case compared(TraceDifference)
    /// The answer to `tokens`; empty if there are none.
    case tokens([Token], TokenQuery)
    /// The answer to `work`.
    case working(AttentionWorking)
    /// The answer to a question that a later request has overtaken.
    case overtaken
    /// Why it could not be done, in one line.
    case failed(String)
  }

  /// What a reader must know of a model to show it.
  public struct OpenedModel: Sendable, Equatable {
    public var model: AttentionTrace.Model
    public var attention: [AttentionLayout]
    /// To try it with; empty if the folder suggests none.
    public var example: String
  }

  public typealias Report = @Sendable (Answer, _ generation: Int) -> Void

  private struct Order: Sendable {
    let number: Int
    let request: Request
    let generation: Int
  }

  private let report: Report
  private let longestTarget: Int?
  private var options: OpeningOptions
  private var model: ModelFolder?
  private var session: DecodingSession?
  /// The last model that was opened beside, and the order that asked for it.
  private var ready: (folder: ModelFolder, order: Order)?
  /// The same sentence under the interventions that were last compared with, kept for the next time.
  private var reference: DecodingSession?
  /// The vocabulary in order, from the first question about it on.
  private var targetTokens: TargetTokens?
  private nonisolated let inbox: AsyncStream<Order>.Continuation
  private nonisolated let submitted = Atomic(0)
  /// Orders up to this number stop where they are.
  private nonisolated let cancelled = Atomic(0)
  /// The last order of each kind.
  private nonisolated let latest = Mutex<[Request.Kind: Int]>([:])

  /// - Parameters:
  ///   - longestTarget: bounds every decode, in tokens; nil leaves it to the model.
  ///   - options: what a person said of models whose files leave it open.
  ///   - report: is called with each answer, on any thread, in the order of the requests.
  public init(
    longestTarget: Int? = nil, options: OpeningOptions = OpeningOptions(), report: @escaping Report
  ) {
    self.longestTarget = longestTarget
    self.options = options
    self.report = report
    let (orders, inbox) = AsyncStream.makeStream(of: Order.self)
    self.inbox = inbox
    Task(priority: .userInitiated) { [weak self] in
      for await order in orders { await self?.carryOut(order) }
    }
  }

  deinit { inbox.finish() }

  /// Asks for something; returns at once. To be called from one thread.
  public nonisolated func submit(_ request: Request, generation: Int) {
    let number = submitted.add(1, ordering: .relaxed).newValue
    if request == .cancel { cancelled.store(number, ordering: .releasing) }
    if case .reopen = request { cancelled.store(number - 1, ordering: .releasing) }
    latest.withLock { $0[request.kind] = number }
    inbox.yield(Order(number: number, request: request, generation: generation))
  }

  private func carryOut(_ order: Order) {
    if case .openBeside(let path) = order.request { return openBeside(path, order) }
    do {
      report(try answer(to: order), order.generation)
    } catch {
      report(.failed("\(error)"), order.generation)
    }
  }

  private func answer(to order: Order) throws -> Answer {
    switch order.request {
    case .open(let path):
      let folder = try ModelFolder(path: path, options: options)
      (model, session, reference, targetTokens) = (folder, nil, nil, nil)
      return .opened(folder.summary)
    case .openBeside: return .inUse
    case .use(let generation):
      guard let folder = ready?.folder, ready?.order.generation == generation else {
        throw EngineError("the model is no longer at hand; open it again")
      }
      (model, session, reference, targetTokens, ready) = (folder, nil, nil, nil, nil)
      // What was said was said of the model before.
      options = OpeningOptions()
      return .inUse
    case .decode(let text):
      guard let model else { throw EngineError("no model is open") }
      (session, reference) = (nil, nil)
      session = try model.session(text, maximumLength: longestTarget)
    case .reopen(let path, let text, let steps):
      if !isCancelled(order) { try reopen(path, text, steps, order) }
    case .step: try change(order) { $0.step() }
    case .jump(let count): try change(order) { self.jump(&$0, to: count, order) }
    case .force(let token, let step):
      try change(order) { session in
        self.jump(&session, to: step, order)
        if session.trace.steps.count == step { try session.force(token) }
      }
    case .intervene(let interventions):
      try change(order) { try self.intervene(&$0, interventions, order) }
    case .compare(let interventions): return try compare(with: interventions, order)
    case .work(let head, let row):
      guard let session else { throw EngineError("no sentence has been read") }
      return isGivenUp(order) ? .overtaken : .working(try session.working(at: head, row: row))
    case .tokens(let query): return isGivenUp(order) ? .overtaken : .tokens(try tokens(query), query)
    case .search(let search, let step): try change(order) { self.search(&$0, search, from: step, order) }
    case .cancel: break
    }
    guard let session else { throw EngineError("no sentence has been read") }
    return .traced(session.trace)
  }

  private func reopen(_ path: String, _ text: String, _ steps: Int?, _ order: Order) throws {
    let folder = try ModelFolder(path: path, options: options)
    var changed = try folder.session(text, maximumLength: longestTarget)
    if let kept = session?.trace.interventions, !kept.isEmpty { try changed.intervene(kept) }
    jump(&changed, to: steps ?? .max, order)
    (model, session, reference) = (folder, changed, nil)
  }

  /// Opens a model on another thread, so that decoding need not wait for it.
  private func openBeside(_ path: String, _ order: Order) {
    Task.detached(priority: .utility) {
      do {
        let folder = try ModelFolder(path: path)
        await self.keep(folder, order)
      } catch {
        await self.refuse("\(error)", order)
      }
    }
  }

  private func keep(_ folder: sending ModelFolder, _ order: Order) {
    let summary = folder.summary
    if ready.map({ $0.order.number < order.number }) ?? true { ready = (folder, order) }
    report(.ready(summary), order.generation)
  }

  private func refuse(_ reason: String, _ order: Order) { report(.refused(reason), order.generation) }

  /// Changes the session unless the order has been cancelled; a change that fails leaves it as it was.
  private func change(_ order: Order, _ body: (inout DecodingSession) throws -> Void) throws {
    guard var changed = session else { throw EngineError("no sentence has been read") }
    guard !isCancelled(order) else { return }
    try body(&changed)
    session = changed
  }

  private func jump(_ session: inout DecodingSession, to count: Int, _ order: Order) {
    jump(&session, to: count) { isCancelled(order) }
  }

  private func jump(_ session: inout DecodingSession, to count: Int, unless isStopped: () -> Bool) {
    if count < session.trace.steps.count { return session.jump(to: count) }
    while session.trace.steps.count < count && !session.isEnded && !isStopped() { session.step() }
  }

  private func intervene(
    _ session: inout DecodingSession, _ interventions: [Intervention], _ order: Order
  ) throws {
    let count = session.isEnded ? Int.max : session.trace.steps.count
    try session.intervene(interventions)
    if !session.isEnded { jump(&session, to: count, order) }
  }

  private func compare(with interventions: [Intervention], _ order: Order) throws -> Answer {
    guard let session else { throw EngineError("no sentence has been read") }
    guard !isGivenUp(order) else { return .overtaken }
    var before = reference ?? session
    try before.intervene(interventions)
    jump(&before, to: session.isEnded ? .max : session.trace.steps.count) { isGivenUp(order) }
    reference = before
    return isGivenUp(order) ? .overtaken : .compared(try session.difference(from: before))
  }

  private func search(_ session: inout DecodingSession, _ search: BeamSearch, from step: Int?, _ order: Order) {
    var start = session
    if let step { start.jump(to: step) }
    var decoding = BeamDecoding(start, search)
    while !decoding.isDone {
      if isCancelled(order) { return }
      decoding.step()
    }
    session = decoding.best
  }

  private func tokens(_ query: TokenQuery) throws -> [Token] {
    guard let model else { throw EngineError("no model is open") }
    switch query {
    case .beginning(let text):
      let tokens = targetTokens ?? model.targetTokens
      targetTokens = tokens
      return tokens.beginning(text)
    case .named(let text): return [model.targetToken(try model.targetID(of: text))]
    case .target(let text): return try model.targetIDs(text).map { model.targetToken($0) }
    }
  }

  /// Whether a question need not be answered any more.
  private func isGivenUp(_ order: Order) -> Bool {
    latest.withLock { latest in
      [order.request.kind, .change].contains { (latest[$0] ?? 0) > order.number }
    }
  }

  private func isCancelled(_ order: Order) -> Bool { order.number <= cancelled.load(ordering: .acquiring) }
}

extension ModelFolder {
  fileprivate var summary: Engine.OpenedModel {
    Engine.OpenedModel(model: description, attention: model.attention, example: example)
  }

  /// A sentence to try the model with: the first line of `example.txt`; empty if the folder has none.
  fileprivate var example: String {
    let text = try? String(contentsOfFile: path + "/example.txt", encoding: .utf8)
    return text?.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
  }
}

extension Engine.Request {
  /// Which requests make others pointless.
  fileprivate enum Kind {
    /// What changes the decode.
    case change
    case comparison, token, working
  }

  fileprivate var kind: Kind {
    switch self {
    case .compare: .comparison
    case .tokens: .token
    case .work: .working
    default: .change
    }
  }
}
