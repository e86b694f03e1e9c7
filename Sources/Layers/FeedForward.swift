import Autograd
import Tensors

/// Two linear layers with an activation between them, the same for every row (Vaswani et al. 2017, section 3.3).
public struct FeedForward {
  private let inner: Linear
  private let outer: Linear
  private let activation: Activation

  /// Parameters of `inner` `[width, hidden]` and `outer` `[hidden, width]`.
  public init(
    _ source: inout some ParameterSource, width: Int, hidden: Int, activation: Activation, hasBias: Bool = true
  ) throws {
    inner = try source.scoped("inner") { try Linear(&$0, width, hidden, hasBias: hasBias) }
    outer = try source.scoped("outer") { try Linear(&$0, hidden, width, hasBias: hasBias) }
    self.activation = activation
  }

  /// `[..., width]` to the same.
  public func callAsFunction(_ x: Variable) -> Variable { outer(inner(x).activated(activation)) }
}
