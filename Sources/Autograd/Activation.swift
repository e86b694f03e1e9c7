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

  var kernel: hk_activation {
    switch self {
    case .relu: hk_relu
    case .gelu: hk_gelu
    case .geluTanh: hk_gelu_tanh
    case .swish: hk_swish
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
