import Autograd
import Tensors
import Traces

/// What of an attention layer can be recorded or replaced.
public enum TapPoint: Sendable, Hashable {
  /// Before the softmax, masked entries already `-infinity`: `[N, S]` for one head, `[H, T, S]` for many.
  case scores
  /// After the softmax, before dropout, shaped as the scores.
  case weights
  /// The weighted sum of the values: `[N, D]`, `[H, T, V]` for many heads.
  case output
  /// What asks, as it is compared with the keys: `[N, U]`, heads side by side. Recorded only.
  case query
  /// What it is compared with: `[B, S, U]`, or `[N, H*K]` for many heads. Recorded only.
  case keys
  /// What is summed: `[B, S, D]`, or `[N, H*V]` for many heads. Recorded only.
  case values
}

/// One attention layer.
public struct AttentionSite: Sendable, Hashable {
  public var site: Site
  public var layer: Int

  public init(_ site: Site, layer: Int = 0) {
    self.site = site
    self.layer = layer
  }
}

/// Travels through one forward pass: the mode, the random numbers of dropout, and the only way to record or to
/// intervene.
///
/// With nothing asked for, a tap returns its argument and stores nothing, so that results are the same bits.
public struct ForwardContext {
  public struct Tap: Sendable, Hashable {
    public var point: TapPoint
    public var at: AttentionSite

    public init(_ point: TapPoint, at site: AttentionSite) {
      self.point = point
      self.at = site
    }
  }

  /// Returns the tensor to go on with, of the same shape.
  public typealias Intervention = (Tensor) -> Tensor

  /// Zero outside training.
  public let dropoutRate: Float
  private var randomness: Randomness
  private let requested: Set<Tap>
  private let interventions: [Tap: Intervention]
  /// What the requested taps saw, after any intervention.
  public private(set) var recorded: [Tap: Tensor] = [:]
  /// What those of the requested taps saw before an intervention that have one.
  public private(set) var originals: [Tap: Tensor] = [:]
  /// What trains one head of cross-attention to align words; nil outside training.
  public let guidance: GuidedAlignment?
  /// The weights of cross-attention by layer, with their gradients; empty without `guidance`.
  public private(set) var guided: [Int: Variable] = [:]

  /// For inference.
  public init(recording taps: Set<Tap> = [], interventions: [Tap: Intervention] = [:]) {
    dropoutRate = 0
    randomness = Randomness(seed: 0)
    requested = taps
    self.interventions = interventions
    guidance = nil
  }

  /// For training: dropout draws from `randomness`.
  public init(trainingWithDropout rate: Float, randomness: Randomness, guidance: GuidedAlignment? = nil) {
    dropoutRate = rate
    self.randomness = randomness
    self.guidance = guidance
    requested = []
    interventions = [:]
  }

  /// Records or replaces `variable` if that was asked for.
  public mutating func tap(_ point: TapPoint, at site: AttentionSite, _ variable: Variable) -> Variable {
    if guidance != nil && point == .weights && site.site == .cross { guided[site.layer] = variable }
    if requested.isEmpty && interventions.isEmpty { return variable }
    let tap = Tap(point, at: site)
    let result = interventions[tap].map { Variable($0(variable.value)) } ?? variable
    precondition(result.shape == variable.shape, "an intervention keeps the shape")
    if requested.contains(tap) {
      recorded[tap] = result.value
      if interventions[tap] != nil { originals[tap] = variable.value }
    }
    return result
  }

  /// Records a tensor that no intervention replaces, if that was asked for; else it is not even made.
  mutating func record(_ point: TapPoint, at site: AttentionSite, _ tensor: () -> Tensor) {
    guard !requested.isEmpty else { return }
    let tap = Tap(point, at: site)
    if requested.contains(tap) { recorded[tap] = tensor() }
  }

  /// Whether a tap here would do anything; for layers that have to rearrange a tensor before it can be tapped.
  func watches(_ point: TapPoint, at site: AttentionSite) -> Bool {
    if requested.isEmpty && interventions.isEmpty { return false }
    let tap = Tap(point, at: site)
    return requested.contains(tap) || interventions[tap] != nil
  }

  /// Dropout while training, else the argument.
  public mutating func dropout(_ variable: Variable) -> Variable {
    dropoutRate > 0 ? variable.dropout(dropoutRate, using: &randomness) : variable
  }
}
