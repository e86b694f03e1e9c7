import Layers
import Tensors
import Traces

/// A model that reads a source and then produces a target token by token: all that a decoding session needs to know.
public protocol SequenceModel {
  /// Layers and heads at each site where the model has attention; empty for a model without any.
  var attention: [AttentionLayout] { get }
  var endID: Int { get }
  /// Ids that are never chosen; they keep their probability.
  var suppressedTokens: [Int] { get }
  /// What decoding may choose at a step: what every target begins with, then everything but the suppressed tokens.
  func choice(at step: Int) -> TokenChoice

  /// How many columns cross-attention has, whatever the source's length; nil: as many as the source has tokens.
  var sourceColumns: Int? { get }

  /// Reads a source once for all steps.
  ///
  /// - Parameter edits: what is changed at the encoder's taps, or while a language model reads its prompt.
  /// - Precondition: every id is in the source vocabulary; there is at least one.
  func begin(_ source: [Int], edits: TapEdits) -> SequenceStart

  /// Whether the model has room for sentences of so many tokens.
  ///
  /// - Throws: `ModelError` if not.
  func check(sourceLength: Int, targetLength: Int) throws

  /// How queries and keys are compared at one place; nil where the model does not say.
  func mechanism(at site: AttentionSite) -> AttentionWorking.Mechanism?

  /// What taps see while the source, or a language model's prompt, is read; nil where the model does not say.
  func recording(_ taps: Set<ForwardContext.Tap>, reading source: [Int], edits: TapEdits) -> ForwardContext?
}

/// What is changed at a model's taps during one pass, made from interventions; empty for a model left alone.
public typealias TapEdits = [ForwardContext.Tap: ForwardContext.Intervention]

extension SequenceModel {
  public var suppressedTokens: [Int] { [] }
  public var sourceColumns: Int? { nil }

  public func choice(at step: Int) -> TokenChoice { TokenChoice(without: suppressedTokens) }

  public func begin(_ source: [Int]) -> SequenceStart { begin(source, edits: [:]) }

  public func check(sourceLength: Int, targetLength: Int) throws {}

  public func mechanism(at site: AttentionSite) -> AttentionWorking.Mechanism? { nil }

  public func recording(
    _ taps: Set<ForwardContext.Tap>, reading source: [Int], edits: TapEdits
  ) -> ForwardContext? { nil }
}

/// What reading a source gives.
public struct SequenceStart {
  /// Nil for a model that only reads.
  public var state: (any SequenceState)?
  /// What the first step reads: the start token, or the last one of a language model's prompt.
  public var first: Int
  /// Encoder self-attention, `[layers, heads, S, S]`.
  public var encoder: AttentionBlock?
  /// A language model's self-attention over its prompt without the last token, `[layers, heads, S - 1, S - 1]`.
  public var prompt: AttentionBlock?

  public init(
    state: (any SequenceState)?, first: Int, encoder: AttentionBlock? = nil, prompt: AttentionBlock? = nil
  ) {
    self.state = state
    self.first = first
    self.encoder = encoder
    self.prompt = prompt
  }
}

/// A decoder between two steps: a value, so that going back is taking an earlier one.
public protocol SequenceState {
  /// Reads `token` and says what may follow it.
  ///
  /// - Parameter edits: what is changed at the decoder's taps, in this step alone.
  /// - Precondition: the id is in the target vocabulary.
  func step(_ token: Int, edits: TapEdits) -> SequenceStep

  /// What taps see in the same step; nil where the model does not say.
  func recording(_ taps: Set<ForwardContext.Tap>, reading token: Int, edits: TapEdits) -> ForwardContext?
}

extension SequenceState {
  public func step(_ token: Int) -> SequenceStep { step(token, edits: [:]) }

  public func recording(
    _ taps: Set<ForwardContext.Tap>, reading token: Int, edits: TapEdits
  ) -> ForwardContext? { nil }
}

/// One step of a decoder.
public struct SequenceStep {
  public var next: any SequenceState
  /// `[V]`.
  public var logits: Tensor
  /// `[layers, heads, 1, S]`.
  public var cross: AttentionBlock?
  /// `[layers, heads, 1, step + 1]`, after a prompt as many columns more as there are rows before.
  public var decoder: AttentionBlock?
}
