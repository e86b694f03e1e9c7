import Tensors

/// Records operations as they run, so that the gradient of a scalar can be carried back through them.
///
/// A tape is used once, by one thread: record a forward pass, ask for `gradients(of:)`, drop it.
public final class Tape {
  typealias Backward = (_ gradient: Tensor, _ gradients: inout Gradients) -> Void
  private var steps: [Backward?] = []

  public init() {}

  /// A value whose gradient is wanted: a parameter, or an input.
  public func leaf(_ value: Tensor) -> Variable { Variable(value: value, origin: .init(tape: self, node: append(nil))) }

  func append(_ backward: Backward?) -> Int {
    steps.append(backward)
    return steps.count - 1
  }

  /// The gradients of `sum(variable * upstream)`; `upstream` is 1 for a scalar.
  ///
  /// Forgets every operation as it goes: operations hold variables, which hold the tape, so only this frees them.
  ///
  /// - Precondition: `variable` was recorded on this tape, and no gradients were asked of it before.
  public func gradients(of variable: Variable, upstream: Tensor? = nil) -> Gradients {
    guard let origin = variable.origin, origin.tape === self else { preconditionFailure("not on this tape") }
    precondition(upstream != nil || variable.value.count == 1, "only a scalar has gradients without an upstream")
    var gradients = Gradients(count: steps.count)
    gradients.add(upstream ?? Tensor(variable.value.shape, repeating: 1), to: variable)
    for node in (0...origin.node).reversed() {
      gradients.finishProducts(node)
      guard let backward = steps[node], let gradient = gradients.take(node) else { continue }
      steps[node] = nil
      backward(gradient, &gradients)
    }
    steps.removeAll()
    return gradients
  }
}

/// A tensor that may lie on a tape; without a tape it is a constant and nothing is recorded.
public struct Variable {
  struct Origin {
    let tape: Tape
    let node: Int
  }

  public let value: Tensor
  let origin: Origin?

  init(value: Tensor, origin: Origin?) {
    self.value = value
    self.origin = origin
  }

  /// A constant.
  public init(_ value: Tensor) { self.init(value: value, origin: nil) }

  public var shape: Shape { value.shape }
  public var isRecorded: Bool { origin != nil }

  /// The result of an operation on `inputs`: recorded with its derivative if any input is.
  ///
  /// - Parameter backward: adds to the inputs' gradients, given the result's.
  static func result(
    _ value: Tensor, of inputs: [Variable], _ backward: @autoclosure () -> Tape.Backward
  ) -> Variable {
    guard let tape = inputs.lazy.compactMap({ $0.origin?.tape }).first else { return Variable(value) }
    return Variable(value: value, origin: .init(tape: tape, node: tape.append(backward())))
  }
}
