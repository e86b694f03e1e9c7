import Autograd
import Layers
import Tensors

/// One layer of a functional Keras model that can be computed.
protocol KerasLayer {
  /// - Throws: `ModelError` for inputs of another shape than it reads.
  func callAsFunction(
    _ inputs: [KerasActivation], _ call: KerasGraph.Call, _ named: [String: [KerasActivation]], _ run: inout KerasRun
  ) throws -> [KerasActivation]
}

/// A layer that reads one tensor and keeps which positions are real.
struct KerasMap: KerasLayer {
  let name: String
  let apply: (Variable) throws -> Variable

  func callAsFunction(
    _ inputs: [KerasActivation], _ call: KerasGraph.Call, _ named: [String: [KerasActivation]], _ run: inout KerasRun
  ) throws -> [KerasActivation] {
    guard let input = inputs.first else { throw KerasShapes.misfit(name) }
    let y = try apply(input.x)
    let keeps = y.shape.rank >= 2 && input.shape.rank >= 2 && y.shape[0] == input.shape[0]
    return [KerasActivation(y, mask: keeps ? input.mask : nil)]
  }
}

/// A layer that joins several tensors.
struct KerasMerge: KerasLayer {
  let name: String
  let apply: ([Variable]) throws -> Variable

  func callAsFunction(
    _ inputs: [KerasActivation], _ call: KerasGraph.Call, _ named: [String: [KerasActivation]], _ run: inout KerasRun
  ) throws -> [KerasActivation] {
    guard inputs.count > 1 else { throw KerasShapes.misfit(name) }
    let y = try apply(inputs.map(\.x))
    let mask = inputs.lazy.compactMap(\.mask).first
    return [KerasActivation(y, mask: y.shape.rank >= 2 && mask?.count == y.shape[0] ? mask : nil)]
  }
}

enum KerasShapes {
  static func misfit(_ name: String) -> ModelError {
    ModelError("the layer '\(name)' gets inputs that do not fit it; heed inspect shows the file's tensors")
  }

  static func require(_ isSound: Bool, _ name: String) throws { if !isSound { throw misfit(name) } }
}

enum KerasActivations {
  /// Nil for a function that is not computed here.
  static func named(_ function: String?) -> (@Sendable (Variable) -> Variable)? {
    switch function {
    case nil, "linear": { $0 }
    case "relu": { $0.activated(.relu) }
    case "relu6": { $0.activated(.relu6) }
    case "gelu": { $0.activated(.gelu) }
    case "swish", "silu": { $0.activated(.swish) }
    case "mish": { $0.activated(.mish) }
    case "tanh": { $0.tanh() }
    case "sigmoid": { $0.sigmoid() }
    case "exponential": { $0.exp() }
    case "softmax": { softmax($0) }
    default: nil
    }
  }

  /// Over the last axis, or over time where the last axis is one number: over that a softmax would say nothing, so the
  /// model's own function of this name, which its configuration cannot hold, went over time.
  static func softmax(_ x: Variable) -> Variable {
    guard x.shape.rank == 2, x.shape[1] == 1 else { return x.softmax() }
    return x.reshaped([1, x.shape[0]]).softmax().reshaped(x.shape)
  }
}
