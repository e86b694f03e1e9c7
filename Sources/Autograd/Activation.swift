import CKernels
import Tensors

/// What a feed-forward layer applies to each number between its two products.
public enum Activation: String, Sendable, Hashable, CaseIterable, Codable {
  case relu
  /// `x Φ(x)` with the error function (Hendrycks & Gimpel 2016).
  case gelu
  /// The same paper's approximation by a hyperbolic tangent.
  case geluTanh = "gelu_tanh"
  /// `x sigmoid(x)`, also called SiLU.
  case swish
  /// `x sigmoid(1.702 x)`, the first paper's other approximation.
  case quickGELU = "quick_gelu"
  /// `gelu`, but 10 at most.
  case clippedGELU = "clipped_gelu"
  /// `x tanh(ln(1 + exp(x)))` (Misra 2019).
  case mish
  /// `x min(max(x + 3, 0), 6) / 6` (Howard et al. 2019).
  case hardSwish = "hard_swish"
  /// `x` above zero, `0.01 x` below.
  case leakyReLU = "leaky_relu"
  /// `relu`, but 6 at most.
  case relu6
  /// `relu(x)²` (So et al. 2021).
  case squaredReLU = "squared_relu"
  case tanh, sigmoid, linear

  var kernel: hk_activation {
    switch self {
    case .relu: hk_relu
    case .gelu: hk_gelu
    case .geluTanh: hk_gelu_tanh
    case .swish: hk_swish
    case .quickGELU: hk_quick_gelu
    case .clippedGELU: hk_clipped_gelu
    case .mish: hk_mish
    case .hardSwish: hk_hard_swish
    case .leakyReLU: hk_leaky_relu
    case .relu6: hk_relu6
    case .squaredReLU: hk_squared_relu
    case .tanh: hk_tanh
    case .sigmoid: hk_sigmoid
    case .linear: hk_linear
    }
  }
}

extension Variable {
  /// `activation` of each element.
  public func activated(_ activation: Activation) -> Variable {
    let kind = activation.kernel
    let y = Tensor(shape) { out in
      value.withUnsafeElements { x in
        parallelRanges(shape.count, cost: 8, grain: 64) { range in
          kernels.activate(kind, range.count, x + range.lowerBound, out + range.lowerBound)
        }
      }
    }
    return .result(y, of: [self]) { [self] dy, gradients in
      let dx = Tensor(shape) { out in
        value.withUnsafeElements { x in
          dy.withUnsafeElements { dy in
            parallelRanges(shape.count, cost: 8, grain: 64) { range in
              let start = range.lowerBound
              kernels.activate_backward(kind, range.count, x + start, dy + start, out + start)
            }
          }
        }
      }
      gradients.add(dx, to: self)
    }
  }
}
