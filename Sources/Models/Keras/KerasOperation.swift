import Autograd
import Tensors

/// `x + y` and the like between layers, which Keras 2 saves as a `TFOpLambda` around TensorFlow's function.
struct KerasOperation: KerasLayer {
  private let name: String
  private let combine: (Variable, Variable) -> Variable

  /// Nil for another function.
  init?(name: String, function: String) {
    self.name = name
    switch function {
    case "__operators__.add", "math.add": combine = { $0 + $1 }
    case "math.subtract": combine = { $0 - $1 }
    case "math.multiply": combine = { $0 * $1 }
    default: return nil
    }
  }

  func callAsFunction(
    _ inputs: [KerasActivation], _ call: KerasGraph.Call, _ named: [String: [KerasActivation]], _ run: inout KerasRun
  ) throws -> [KerasActivation] {
    let given = inputs + (named["y"] ?? [])
    guard let x = given.first?.x else { throw KerasShapes.misfit(name) }
    if given.count == 2 {
      try KerasShapes.require(given[1].shape == x.shape, name)
      return [KerasActivation(combine(x, given[1].x))]
    }
    guard case .constant(let value)? = call.named["y"], case .number(let digits) = value, let number = Float(digits)
    else { throw KerasShapes.misfit(name) }
    return [KerasActivation(combine(x, Variable(Tensor(x.shape, repeating: number))))]
  }
}
