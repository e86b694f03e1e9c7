import CKernels
import Foundation
import Tensors

/// Adam (Kingma & Ba 2015).
public struct Adam: Sendable {
  public struct Options: Sendable, Equatable {
    public var beta1: Float = 0.9
    public var beta2: Float = 0.999
    public var epsilon: Float = 1e-7
    /// Where epsilon is added: to the root of the second moment as it is, as Keras does and the paper's section 2
    /// allows, or after its bias is corrected, as the paper's algorithm 1 and PyTorch do.
    public var correctsBeforeEpsilon = false

    public init(
      beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-7, correctsBeforeEpsilon: Bool = false
    ) {
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
      self.correctsBeforeEpsilon = correctsBeforeEpsilon
    }
  }

  public let options: Options
  /// Updates made so far.
  public private(set) var step: Int
  /// Running means of the gradients and of their squares.
  public private(set) var first: ParameterSet
  public private(set) var second: ParameterSet

  public init(_ parameters: ParameterSet, options: Options = Options()) {
    self.init(options: options, step: 0, first: parameters.zeros, second: parameters.zeros)
  }

  /// As saved with a snapshot.
  public init(options: Options, step: Int, first: ParameterSet, second: ParameterSet) {
    self.options = options
    self.step = step
    self.first = first
    self.second = second
  }

  /// One update.
  ///
  /// - Parameters:
  ///   - rate: the learning rate of this step.
  ///   - scale: multiplies every gradient, for clipping.
  public mutating func update(
    _ parameters: inout ParameterSet, _ gradients: ParameterSet, rate: Float, scale: Float = 1
  ) {
    step += 1
    let options = options
    let power1 = pow(Double(options.beta1), Double(step))
    let power2 = pow(Double(options.beta2), Double(step))
    let correction = (1 - power2).squareRoot()
    let size = Float(Double(rate) * correction / (1 - power1))
    let epsilon = options.correctsBeforeEpsilon ? Float(Double(options.epsilon) * correction) : options.epsilon
    for name in parameters.names {
      guard let gradient = gradients[name] else { continue }
      parameters.update(name) { parameter in
        first.update(name) { first in
          second.update(name) { second in
            options.apply(&parameter, &first, &second, gradient, scale: scale, size: size, epsilon: epsilon)
          }
        }
      }
    }
  }
}

extension Adam.Options {
  fileprivate func apply(
    _ parameter: inout Tensor, _ first: inout Tensor, _ second: inout Tensor, _ gradient: Tensor, scale: Float,
    size: Float, epsilon: Float
  ) {
    precondition(parameter.count == gradient.count && parameter.count == first.count && first.count == second.count)
    let count = parameter.count
    parameter.withUnsafeMutableElements { p in
      first.withUnsafeMutableElements { m in
        second.withUnsafeMutableElements { v in
          gradient.withUnsafeElements { g in
            parallelRanges(count, cost: 8, grain: 64) { range in
              let i = range.lowerBound
              kernels.adam(
                range.count, p + i, m + i, v + i, g + i, scale, size, beta1, beta2, epsilon)
            }
          }
        }
      }
    }
  }
}

extension ParameterSet {
  /// The length of all gradients as one vector.
  public var globalNorm: Float {
    Float(names.reduce(0) { $0 + (self[$1]?.sumOfSquares ?? 0) }.squareRoot())
  }

  /// What to multiply gradients by so that their global norm is at most `limit` (Pascanu et al. 2013).
  public static func clippingScale(norm: Float, limit: Float?) -> Float {
    guard let limit, norm > limit else { return 1 }
    return limit / norm
  }
}
