import Foundation
import Tensors
import Traces

/// Steps through the decoding of one source, back and forth, and records everything on the way.
///
/// A value: a copy is a fork that goes its own way.
public struct DecodingSession {
  /// How many of the most probable tokens each step keeps.
  public static let candidateCount = 10

  public private(set) var trace: AttentionTrace
  let model: any SequenceModel
  let vocabulary: any TargetVocabulary
  let source: [Int]
  /// What the first step reads.
  private(set) var first: Int
  private(set) var plan = InterventionPlan()
  /// `states[t]` is the decoder before step `t`; none in a model that only reads.
  private(set) var states: [any SequenceState]

  /// Reads the source; no token is decoded yet.
  ///
  /// - Parameter trace: names the model and the source, without steps.
  init(model: any SequenceModel, vocabulary: any TargetVocabulary, source: [Int], trace: AttentionTrace) {
    self.model = model
    self.vocabulary = vocabulary
    self.source = source
    self.trace = trace
    let start = model.begin(source)
    first = start.first
    states = []
    read(start)
  }

  private mutating func read(_ start: SequenceStart) {
    first = start.first
    states = start.state.map { [$0] } ?? []
    trace.encoder = start.encoder
    trace.prompt = start.prompt
    trace.steps = []
    trace.beam = nil
    finish()
  }

  public var isEnded: Bool { trace.ending != .open }

  /// Decodes the most probable token, or the one that an intervention gives; nothing happens once the decode has ended.
  public mutating func step() {
    guard !isEnded else { return }
    let outlook = outlook()
    append(outlook.next.best(1, outlook.choice).first ?? model.endID, outlook)
  }

  /// Produces `token` instead of the model's choice, as an intervention; what was forced at later steps is forgotten, for
  /// it belonged to another target.
  ///
  /// - Throws: `ModelError` if the vocabulary lacks the id or the decode has ended.
  public mutating func force(_ token: Int) throws {
    guard !isEnded || states.isEmpty else {
      throw ModelError("nothing can follow: the decode has ended; step back first")
    }
    let step = trace.steps.count
    let kept = trace.interventions.filter { if case .force(_, step...) = $0 { false } else { true } }
    try intervene(kept + [.force(token: token, step: step)])
    self.step()
  }

  /// Takes the last step back.
  public mutating func back() { jump(to: trace.steps.count - 1) }

  /// Goes to the moment where `count` tokens have been decoded: back by taking earlier states, on by decoding
  /// greedily, as far as the decode goes.
  public mutating func jump(to count: Int) {
    takeBack(to: max(count, 0))
    while trace.steps.count < count && !isEnded { step() }
  }

  /// Decodes until the end token or the length bound.
  public mutating func run() {
    while !isEnded { step() }
  }

  /// Replaces the interventions. Steps from the first on which they may change something are taken back; `jump` and
  /// `run` decode them anew.
  ///
  /// - Throws: `ModelError` for what the model or the source lacks; then nothing has changed.
  public mutating func intervene(_ interventions: [Intervention]) throws {
    let changed = try InterventionPlan(
      interventions,
      subject: .init(
        attention: model.attention, sourceLength: source.count, vocabularySize: vocabulary.size, endID: model.endID))
    if states.isEmpty && !changed.forced.isEmpty {
      throw ModelError("this model only reads: it produces no target")
    }
    let first = changed.firstEffect(comparedWith: plan)
    trace.interventions = interventions
    plan = changed
    switch first {
    case .reading: read(model.begin(source, edits: plan.readingEdits))
    case .step(let step): takeBack(to: step)
    case nil: break
    }
  }

  private mutating func takeBack(to count: Int) {
    guard count < trace.steps.count else { return }
    trace.steps.removeLast(trace.steps.count - count)
    states.removeLast(states.count - count - 1)
    trace.beam = nil
    finish()
  }

  /// What may follow the steps so far.
  func outlook() -> Outlook {
    let count = trace.steps.count
    let given = trace.steps.last?.token.id ?? first
    return Outlook(
      states[count].step(given, edits: plan.stepEdits(count)), vocabulary, model.choice(at: count),
      forced: plan.forced[count])
  }

  /// Goes on with `token`, or with the one that an intervention gives.
  mutating func append(_ token: Int, _ outlook: Outlook) {
    let chosen = outlook.forced ?? token
    trace.steps.append(
      Step(
        token: vocabulary.token(chosen), probability: outlook.next.probabilities[chosen],
        logProbability: Float(outlook.next.logProbability(of: chosen)), candidates: outlook.candidates,
        entropy: outlook.entropy, isForced: outlook.forced != nil || outlook.choice.isGiven, cross: outlook.step.cross,
        decoder: outlook.step.decoder))
    states.append(outlook.step.next)
    trace.beam = nil
    finish()
  }

  private mutating func finish() {
    trace.targetText = vocabulary.text(trace.steps.map(\.token.id))
    if states.isEmpty {
      trace.ending = .readOnly
    } else if trace.steps.last?.token.id == model.endID {
      trace.ending = .endToken
    } else {
      trace.ending = trace.steps.count >= trace.lengthLimit ? .lengthLimit : .open
    }
  }

  /// Puts the tree beside the steps that it led to.
  mutating func keep(_ beam: BeamTree?) { trace.beam = beam }
}

/// A step before its token is chosen.
struct Outlook {
  let step: SequenceStep
  let next: NextTokens
  let candidates: [Candidate]
  let entropy: Float
  let choice: TokenChoice
  /// The token that an intervention gives.
  let forced: Int?

  init(_ step: SequenceStep, _ vocabulary: any TargetVocabulary, _ choice: TokenChoice, forced: Int?) {
    self.step = step
    self.choice = choice
    let next = NextTokens(step.logits)
    self.next = next
    candidates = next.best(DecodingSession.candidateCount).map {
      Candidate(token: vocabulary.token($0), probability: next.probabilities[$0])
    }
    entropy = next.entropy
    self.forced = forced
  }
}

/// How target ids are shown.
protocol TargetVocabulary {
  var size: Int { get }
  func token(_ id: Int) -> Token
  /// The ids as running text, special tokens left out.
  func text(_ ids: [Int]) -> String
}
