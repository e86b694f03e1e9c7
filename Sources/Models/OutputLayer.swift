import Autograd
import Layers
import Tensors

/// From features to logits, with a matrix of its own or with an embedding.
struct OutputLayer {
  private let kernel: Weight
  private let isTied: Bool
  private let bias: Variable?
  private let scale: Float?

  /// Parameters `kernel` `[inputs, vocabulary]` unless it is tied, and `bias` `[vocabulary]` if there is one.
  ///
  /// - Parameters:
  ///   - tied: the embedding `[vocabulary, inputs]` that serves as the kernel.
  ///   - scale: multiplies the features.
  init(
    _ source: inout some ParameterSource, inputs: Int, vocabulary: Int, tied: Weight?, hasBias: Bool = true,
    scale: Float? = nil
  ) throws {
    kernel = try tied ?? source.weight("kernel", inputs, vocabulary, .glorotUniform)
    isTied = tied != nil
    self.scale = scale
    bias = hasBias ? try source.tensor("bias", [vocabulary], .zeros) : nil
  }

  /// `[..., inputs]` to `[..., vocabulary]`.
  func callAsFunction(_ x: Variable) -> Variable {
    let logits = (scale.map { x * $0 } ?? x).multiplied(by: kernel, transposed: isTied)
    return bias.map { logits.addingBias($0) } ?? logits
  }
}
