import Autograd
import Tensors

/// An affine map `x K + b`: Keras' `Dense` without activation.
public struct Linear {
  public let kernel: Weight
  public let bias: Variable?

  /// Parameters `kernel` `[inputs, outputs]` and, if `hasBias`, `bias` `[outputs]`.
  public init(_ source: inout some ParameterSource, _ inputs: Int, _ outputs: Int, hasBias: Bool = true) throws {
    kernel = try source.weight("kernel", inputs, outputs, .glorotUniform)
    bias = hasBias ? try source.tensor("bias", [outputs], .zeros) : nil
  }

  /// `[..., inputs]` to `[..., outputs]`.
  public func callAsFunction(_ x: Variable) -> Variable {
    let y = x.multiplied(by: kernel)
    return bias.map { y.addingBias($0) } ?? y
  }
}

/// A table of vectors, one for each token.
public struct Embedding {
  public let weight: Weight

  /// Parameter `weight` `[vocabulary, width]`, started as Keras does unless `start` says otherwise.
  public init(
    _ source: inout some ParameterSource, vocabulary: Int, width: Int, start: Initializer = .uniform(0.05)
  ) throws {
    weight = try source.weight("weight", vocabulary, width, start)
  }

  /// `[ids.count, width]`.
  ///
  /// - Precondition: every id is in the vocabulary.
  public func callAsFunction(_ ids: [Int]) -> Variable { weight.gather(ids) }
}
