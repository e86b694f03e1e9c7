import Foundation
import Models
import Synchronization
import Traces

/// Loads a model and decodes with it away from the thread that draws, one request after the other.
///
/// Every request gets exactly one answer, under the generation that it came with. Between two decoded tokens a request
/// looks whether it has been cancelled.
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
    /// Go on to the end with a beam search; stopped on the way, the decode stays as it was.
    case search(BeamSearch)
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
  private var model: ModelFolder?
  private var session: DecodingSession?
  /// The last model that was opened beside, and the order that asked for it.
  private var ready: (folder: ModelFolder, order: Order)?
  /// The same sentence under the interventions that were last compared with, kept for the next time.
  private var reference: DecodingSession?
  private nonisolated let inbox: AsyncStream<Order>.Continuation
  private nonisolated let submitted = Atomic(0)
  /// Orders up to this number stop where they are.
  private nonisolated let cancelled = Atomic(0)

  /// - Parameters:
  ///   - longestTarget: bounds every decode, in tokens; nil leaves it to the model.
  ///   - report: is called with each answer, on any thread, in the order of the requests.
  public init(longestTarget: Int? = nil, report: @escaping Report) {
    self.longestTarget = longestTarget
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
      let folder = try ModelFolder(path: path)
      (model, session, reference) = (folder, nil, nil)
      return .opened(folder.summary)
    case .openBeside: return .inUse
    case .use(let generation):
      guard let folder = ready?.folder, ready?.order.generation == generation else {
        throw EngineError("the model is no longer at hand; open it again")
      }
      (model, session, reference, ready) = (folder, nil, nil, nil)
      return .inUse
    case .decode(let text):
      guard let model else { throw EngineError("no model is open") }
      (session, reference) = (nil, nil)
      session = try model.session(text, maximumLength: longestTarget)
    case .reopen(let path, let text, let steps):
      if !isCancelled(order) { try reopen(path, text, steps, order) }
    case .step: try change(order) { $0.step() }
    case .jump(let count): try change(order) { try self.jump(&$0, to: count, order) }
    case .force(let token, let step):
      try change(order) { session in
        try self.jump(&session, to: step, order)
        if session.trace.steps.count == step { try session.force(token) }
      }
    case .intervene(let interventions):
      try change(order) { try self.intervene(&$0, interventions, order) }
    case .compare(let interventions): return try compare(with: interventions, order)
    case .search(let search): try change(order) { self.search(&$0, search, order) }
    case .cancel: break
    }
    guard let session else { throw EngineError("no sentence has been read") }
    return .traced(session.trace)
  }

  private func reopen(_ path: String, _ text: String, _ steps: Int?, _ order: Order) throws {
    let folder = try ModelFolder(path: path)
    var changed = try folder.session(text, maximumLength: longestTarget)
    if let kept = session?.trace.interventions, !kept.isEmpty { try changed.intervene(kept) }
    try jump(&changed, to: steps ?? .max, order)
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

  private func jump(_ session: inout DecodingSession, to count: Int, _ order: Order) throws {
    if count < session.trace.steps.count { return session.jump(to: count) }
    while session.trace.steps.count < count && !session.isEnded && !isCancelled(order) { session.step() }
  }

  private func intervene(
    _ session: inout DecodingSession, _ interventions: [Intervention], _ order: Order
  ) throws {
    let count = session.isEnded ? Int.max : session.trace.steps.count
    try session.intervene(interventions)
    if !session.isEnded { try jump(&session, to: count, order) }
  }

  private func compare(with interventions: [Intervention], _ order: Order) throws -> Answer {
    guard let session else { throw EngineError("no sentence has been read") }
    guard !isCancelled(order) else { return .traced(session.trace) }
    var before = reference ?? session
    try before.intervene(interventions)
    try jump(&before, to: session.isEnded ? Int.max : session.trace.steps.count, order)
    reference = before
    return .compared(try session.difference(from: before))
  }

  private func search(_ session: inout DecodingSession, _ search: BeamSearch, _ order: Order) {
    var decoding = BeamDecoding(session, search)
    while !decoding.isDone {
      if isCancelled(order) { return }
      decoding.step()
    }
    session = decoding.best
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
