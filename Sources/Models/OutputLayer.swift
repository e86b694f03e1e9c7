import Autograd
import Layers
import Tensors

/// From features to logits, with a matrix of its own or with an embedding.
struct OutputLayer {
  private let kernel: Weight
  private let isTied: Bool
  private let bias: Variable?

  /// Parameters `kernel` `[inputs, vocabulary]` unless it is tied, and `bias` `[vocabulary]` if there is one.
  ///
  /// - Parameter tied: the embedding `[vocabulary, inputs]` that serves as the kernel.
  init(
    _ source: inout some ParameterSource, inputs: Int, vocabulary: Int, tied: Weight?, hasBias: Bool = true
  ) throws {
    kernel = try tied ?? source.weight("kernel", inputs, vocabulary, .glorotUniform)
    isTied = tied != nil
    bias = hasBias ? try source.tensor("bias", [vocabulary], .zeros) : nil
  }

  /// `[..., inputs]` to `[..., vocabulary]`.
  func callAsFunction(_ x: Variable) -> Variable {
    let logits = x.multiplied(by: kernel, transposed: isTied)
    return bias.map { logits.addingBias($0) } ?? logits
  }
}
