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
}

extension Variable {
  /// `activation` of each element.
  public func activated(_ activation: Activation) -> Variable {
    switch activation {
    case .relu: activated(by: hk_relu)
    case .gelu: activated(by: hk_gelu)
    case .geluTanh: activated(by: hk_gelu_tanh)
    case .swish: activated(by: hk_swish)
    case .quickGELU: activated(by: hk_quick_gelu)
    case .clippedGELU: activated(by: hk_clipped_gelu)
    case .mish: activated(by: hk_mish)
    case .hardSwish: activated(by: hk_hard_swish)
    case .leakyReLU: activated(by: hk_leaky_relu)
    case .relu6: activated(by: hk_relu6)
    case .squaredReLU: activated(by: hk_squared_relu)
    case .tanh: tanh()
    case .sigmoid: sigmoid()
    case .linear: self
    }
  }

  private func activated(by kind: hk_activation) -> Variable {
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
