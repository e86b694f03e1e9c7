import Foundation

/// A source or target token as the model sees it.
public struct Token: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, Codable {
    case word
    /// Stands for text that the vocabulary lacks; `surface` still holds what was typed.
    case unknown
    /// `<start>`, `<end>`, `<pad>` and the like.
    case special
  }

  public var id: Int
  /// The vocabulary's own spelling, e.g. `▁app` or `<unk>`.
  public var piece: String
  /// What to show a reader: the piece without its marks, or the typed text of an unknown word.
  public var surface: String
  public var kind: Kind
  /// True where this token continues the word before it.
  public var continuesWord: Bool

  public init(id: Int, piece: String, surface: String? = nil, kind: Kind = .word, continuesWord: Bool = false) {
    self.id = id
    self.piece = piece
    self.surface = surface ?? piece
    self.kind = kind
    self.continuesWord = continuesWord
  }
}

/// A token that the model could have produced at a step.
public struct Candidate: Sendable, Hashable {
  public var token: Token
  public var probability: Float

  public init(token: Token, probability: Float) {
    self.token = token
    self.probability = probability
  }
}

/// One decoded token and everything recorded while it was produced.
public struct Step: Sendable, Equatable {
  public var token: Token
  /// Of `token`, under the model.
  public var probability: Float
  /// The natural logarithm of the probability, exact where that is too small for a number.
  public var logProbability: Float
  /// The most probable tokens, best first.
  public var candidates: [Candidate]
  /// Entropy of the whole next-token distribution, in bits.
  public var entropy: Float
  /// True if the token was chosen by the user or given as the target, not by the model.
  public var isForced: Bool
  /// `[layers, heads, 1, source length]`; nil for a model without cross-attention.
  public var cross: AttentionBlock?
  /// `[layers, heads, 1, step + 1]`, and as many columns more as the trace's prompt has; nil for a model without decoder
  /// self-attention.
  public var decoder: AttentionBlock?

  /// - Parameter logProbability: the logarithm of `probability` if nil.
  public init(
    token: Token, probability: Float, logProbability: Float? = nil, candidates: [Candidate], entropy: Float,
    isForced: Bool = false, cross: AttentionBlock? = nil, decoder: AttentionBlock? = nil
  ) {
    self.token = token
    self.probability = probability
    self.logProbability = logProbability ?? log(probability)
    self.candidates = candidates
    self.entropy = entropy
    self.isForced = isForced
    self.cross = cross
    self.decoder = decoder
  }
}

/// How far a decode has come.
public enum Ending: String, Sendable, Codable {
  /// More steps can follow.
  case open
  /// The end token was produced.
  case endToken
  /// The length bound was hit before the end token.
  case lengthLimit
  /// The model only reads: there is nothing to produce.
  case readOnly
}

/// Everything recorded about one decode; immutable once it has left the engine.
///
/// A model with an encoder alone has a source and no steps. A language model, a decoder alone, has its prompt as the
/// source and goes on where it ends: `prompt` holds the self-attention of what it read before the first step.
public struct AttentionTrace: Sendable, Equatable {
  public struct Model: Sendable, Equatable {
    /// What to call it: the folder's name.
    public var name: String
    public var path: String
    /// `config.json`'s `model_type`.
    public var architecture: String
    /// One line for people: `additive · GRU 2×256`.
    public var summary: String

    public init(name: String, path: String, architecture: String, summary: String) {
      self.name = name
      self.path = path
      self.architecture = architecture
      self.summary = summary
    }
  }

  public var model: Model
  public var sourceText: String
  public var source: [Token]
  public var targetText: String
  public var steps: [Step]
  public var ending: Ending
  /// The longest target allowed, in tokens.
  public var lengthLimit: Int
  /// Encoder self-attention, `[layers, heads, source length, source length]`; nil for a recurrent encoder.
  public var encoder: AttentionBlock?
  /// A language model's self-attention over its prompt, `[layers, heads, source length - 1, source length - 1]`: the
  /// prompt's last token is read by the first step, so that row `t` is the one that led to the token after it. Nil for
  /// every other model.
  public var prompt: AttentionBlock?
  /// What was changed on purpose, in order.
  public var interventions: [Intervention] = []
  /// What else was considered, if a beam search chose the steps.
  public var beam: BeamTree?

  public init(
    model: Model, sourceText: String, source: [Token], targetText: String = "", steps: [Step] = [],
    ending: Ending = .open, lengthLimit: Int, encoder: AttentionBlock? = nil
  ) {
    self.model = model
    self.sourceText = sourceText
    self.source = source
    self.targetText = targetText
    self.steps = steps
    self.ending = ending
    self.lengthLimit = lengthLimit
    self.encoder = encoder
  }
}
