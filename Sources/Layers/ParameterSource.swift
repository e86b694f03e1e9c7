import Autograd
import Tensors

/// Why a model cannot be built from the parameters that there are.
public enum ParameterError: Error, Equatable, CustomStringConvertible {
  case missing(name: String)
  case shape(name: String, expected: Shape, found: Shape)

  public var description: String {
    switch self {
    case .missing(let name): "parameter '\(name)' is missing"
    case .shape(let name, let expected, let found):
      "parameter '\(name)' has shape \(found), the config asks for \(expected)"
    }
  }
}

/// Where a layer gets its parameters from: a checkpoint, a training step's tape, or an initializer.
///
/// A layer asks for each of its parameters once, by name, with its shape and the way it starts: so the layers
/// themselves are the only list of what a model holds.
public protocol ParameterSource {
  /// A matrix that is multiplied or gathered from.
  mutating func weight(_ name: String, _ rows: Int, _ columns: Int, _ start: Initializer) throws -> Weight
  /// A small tensor: a bias, a score vector.
  mutating func tensor(_ name: String, _ shape: Shape, _ start: Initializer) throws -> Variable
}

extension ParameterSource {
  /// The source for names that begin with `prefix` and a dot.
  public mutating func scoped<Result>(
    _ prefix: String, _ body: (inout ScopedSource<Self>) throws -> Result
  ) rethrows -> Result {
    var scope = ScopedSource(base: self, prefix: prefix + ".")
    defer { self = scope.base }
    return try body(&scope)
  }
}

/// A source whose names all get a prefix.
public struct ScopedSource<Base: ParameterSource>: ParameterSource {
  var base: Base
  let prefix: String

  public mutating func weight(_ name: String, _ rows: Int, _ columns: Int, _ start: Initializer) throws -> Weight {
    try base.weight(prefix + name, rows, columns, start)
  }

  public mutating func tensor(_ name: String, _ shape: Shape, _ start: Initializer) throws -> Variable {
    try base.tensor(prefix + name, shape, start)
  }
}

/// Creates every parameter that is asked for.
public struct InitialParameters: ParameterSource {
  public private(set) var parameters = ParameterSet()
  private var randomness: Randomness

  public init(seed: UInt64) { randomness = Randomness(seed: seed) }

  public mutating func tensor(_ name: String, _ shape: Shape, _ start: Initializer) -> Variable {
    let tensor = start.tensor(shape, using: &randomness)
    parameters[name] = tensor
    return Variable(tensor)
  }

  public mutating func weight(_ name: String, _ rows: Int, _ columns: Int, _ start: Initializer) -> Weight {
    .variable(tensor(name, [rows, columns], start))
  }
}

/// Parameters that lie in memory: leaves of a tape while training, constants without one.
public struct BoundParameters: ParameterSource {
  private let parameters: ParameterSet
  private let tape: Tape?
  public private(set) var variables: [String: Variable] = [:]

  public init(_ parameters: ParameterSet, tape: Tape? = nil) {
    self.parameters = parameters
    self.tape = tape
  }

  public mutating func tensor(_ name: String, _ shape: Shape, _ start: Initializer) throws -> Variable {
    guard let value = parameters[name] else { throw ParameterError.missing(name: name) }
    guard value.shape == shape else {
      throw ParameterError.shape(name: name, expected: shape, found: value.shape)
    }
    let variable = tape?.leaf(value) ?? Variable(value)
    variables[name] = variable
    return variable
  }

  public mutating func weight(_ name: String, _ rows: Int, _ columns: Int, _ start: Initializer) throws -> Weight {
    .variable(try tensor(name, [rows, columns], start))
  }

  /// The gradient of every parameter, zeros where the loss does not depend on one.
  public func gradients(from gradients: Gradients) -> ParameterSet {
    parameters.mapping { name, value in variables[name].flatMap { gradients[$0] } ?? Tensor.zeros(value.shape) }
  }
}
