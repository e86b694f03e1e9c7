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
  private let model: any SequenceModel
  private let vocabulary: any TargetVocabulary
  /// What the first step reads.
  private let first: Int
  /// `states[t]` is the decoder before step `t`; none in a model that only reads.
  private var states: [any SequenceState]

  /// Reads the source; no token is decoded yet.
  ///
  /// - Parameter trace: names the model and the source, without steps.
  init(model: any SequenceModel, vocabulary: any TargetVocabulary, source: [Int], trace: AttentionTrace) {
    self.model = model
    self.vocabulary = vocabulary
    self.trace = trace
    let start = model.begin(source)
    first = start.first
    states = start.state.map { [$0] } ?? []
    self.trace.encoder = start.encoder
    self.trace.prompt = start.prompt
    finish()
  }

  public var isEnded: Bool { trace.ending != .open }

  /// Decodes the most probable token; nothing happens once the decode has ended.
  public mutating func step() { advance(nil) }

  /// Produces `token` instead of the model's choice.
  ///
  /// - Throws: `ModelError` if the vocabulary lacks the id or the decode has ended.
  public mutating func force(_ token: Int) throws {
    guard !states.isEmpty else { throw ModelError("this model only reads: it produces no target") }
    guard !isEnded else { throw ModelError("nothing can follow: the decode has ended; step back first") }
    guard token >= 0 && token < vocabulary.size else {
      throw ModelError("token id \(token) is outside the target vocabulary of \(vocabulary.size)")
    }
    advance(token)
  }

  /// Takes the last step back.
  public mutating func back() { jump(to: trace.steps.count - 1) }

  /// Goes to the moment where `count` tokens have been decoded: back by taking earlier states, on by decoding
  /// greedily, as far as the decode goes.
  public mutating func jump(to count: Int) {
    let count = max(count, 0)
    if count < trace.steps.count {
      states.removeLast(trace.steps.count - count)
      trace.steps.removeLast(trace.steps.count - count)
      finish()
    }
    while trace.steps.count < count && !isEnded { step() }
  }

  /// Decodes until the end token or the length bound.
  public mutating func run() {
    while !isEnded { step() }
  }

  private mutating func advance(_ forced: Int?) {
    guard !isEnded else { return }
    let given = trace.steps.last?.token.id ?? first
    let step = states[states.count - 1].step(given)
    let distribution = NextTokens(step.logits)
    let suppressed = model.suppressedTokens
    let choices = distribution.best(1 + suppressed.count)
    let chosen = forced ?? choices.first { !suppressed.contains($0) } ?? model.endID
    trace.steps.append(
      Step(
        token: vocabulary.token(chosen), probability: distribution.probabilities[chosen],
        candidates: distribution.best(Self.candidateCount).map {
          Candidate(token: vocabulary.token($0), probability: distribution.probabilities[$0])
        },
        entropy: distribution.entropy, isForced: forced != nil, cross: step.cross, decoder: step.decoder))
    states.append(step.next)
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
}

/// How target ids are shown.
protocol TargetVocabulary {
  var size: Int { get }
  func token(_ id: Int) -> Token
  /// The ids as running text, special tokens left out.
  func text(_ ids: [Int]) -> String
}

/// The distribution over the next token.
struct NextTokens {
  let probabilities: [Float]

  init(_ logits: Tensor) { probabilities = logits.softmax().elements }

  /// In bits.
  var entropy: Float {
    Float(probabilities.reduce(0.0) { $1 > 0 ? $0 - Double($1) * log2(Double($1)) : $0 })
  }

  /// The `count` most probable ids, best first, equals in order of id; not-a-number counts as least.
  func best(_ count: Int) -> [Int] {
    var best: [Int] = []
    for (id, probability) in probabilities.enumerated() {
      if best.count == count, let last = best.last, !(probability > probabilities[last]) { continue }
      let place = best.firstIndex { probability > probabilities[$0] } ?? best.count
      best.insert(id, at: place)
      if best.count > count { best.removeLast() }
    }
    return best
  }
}
