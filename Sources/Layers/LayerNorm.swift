import Autograd
import Tensors

/// Layer normalisation (Ba et al. 2016).
public struct LayerNorm {
  private let gain: Variable
  private let shift: Variable?
  private let epsilon: Float
  private let isCentred: Bool

  /// Parameters as Keras names them: `gamma` `[width]` and, unless it is the root mean square form that T5 uses,
  /// `beta` `[width]`.
  ///
  /// - Parameter isCentred: false leaves out the mean and `beta` (Zhang & Sennrich 2019).
  public init(_ source: inout some ParameterSource, width: Int, epsilon: Float, isCentred: Bool = true) throws {
    gain = try source.tensor("gamma", [width], .ones)
    shift = isCentred ? try source.tensor("beta", [width], .zeros) : nil
    self.epsilon = epsilon
    self.isCentred = isCentred
  }

  /// `[..., width]`.
  public func callAsFunction(_ x: Variable) -> Variable {
    x.layerNorm(gain: gain, shift: shift, epsilon: epsilon, isCentred: isCentred)
  }
}
