import Tensors

/// Named tensors in a stable order: the parameters of a model, their gradients, or an optimizer's moments.
public struct ParameterSet: Sendable, Equatable {
  public private(set) var names: [String] = []
  private var tensors: [String: Tensor] = [:]

  public init() {}

  public subscript(name: String) -> Tensor? {
    get { tensors[name] }
    set {
      if let newValue {
        if tensors.updateValue(newValue, forKey: name) == nil { names.append(name) }
      } else if tensors.removeValue(forKey: name) != nil {
        names.removeAll { $0 == name }
      }
    }
  }

  /// How many numbers there are in all.
  public var parameterCount: Int { tensors.values.reduce(0) { $0 + $1.count } }

  /// Changes one tensor in place.
  mutating func update(_ name: String, _ body: (inout Tensor) -> Void) {
    if var tensor = tensors.removeValue(forKey: name) {
      body(&tensor)
      tensors[name] = tensor
    }
  }

  /// The same names and shapes, all zero.
  public var zeros: ParameterSet { mapping { _, tensor in Tensor.zeros(tensor.shape) } }

  public func mapping(_ transform: (String, Tensor) -> Tensor) -> ParameterSet {
    var result = ParameterSet()
    for name in names { result[name] = tensors[name].map { transform(name, $0) } }
    return result
  }
}
