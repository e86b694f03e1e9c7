import Autograd
import Tensors

/// Two linear layers with an activation between them, the same for every row (Vaswani et al. 2017, section 3.3).
public struct FeedForward {
  private let inner: Linear
  private let gate: Linear?
  private let outer: Linear
  private let activation: Activation

  /// Parameters of `inner` `[width, hidden]`, `outer` `[hidden, width]` and, if gated, `gate` `[width, hidden]`.
  ///
  /// - Parameter isGated: multiplies what was activated by a second linear layer of the same input (Shazeer 2020).
  public init(
    _ source: inout some ParameterSource, width: Int, hidden: Int, activation: Activation, hasBias: Bool = true,
    isGated: Bool = false
  ) throws {
    inner = try source.scoped("inner") { try Linear(&$0, width, hidden, hasBias: hasBias) }
    gate = isGated ? try source.scoped("gate") { try Linear(&$0, width, hidden, hasBias: hasBias) } : nil
    outer = try source.scoped("outer") { try Linear(&$0, hidden, width, hasBias: hasBias) }
    self.activation = activation
  }

  /// `[..., width]` to the same.
  public func callAsFunction(_ x: Variable) -> Variable {
    let activated = inner(x).activated(activation)
    return outer(gate.map { activated * $0(x) } ?? activated)
  }
}
