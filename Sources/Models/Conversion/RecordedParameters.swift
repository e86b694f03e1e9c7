import Autograd
import Layers
import Tensors

/// Hands on what another source gives, and keeps a list of it: so a model's layers say what there is to write.
struct RecordedParameters<Base: CheckedParameters>: CheckedParameters {
  private var base: Base
  private(set) var records: [RecordedParameter] = []

  init(_ base: Base) { self.base = base }

  mutating func weight(_ name: String, _ rows: Int, _ columns: Int, _ start: Initializer) throws -> Weight {
    let weight = try base.weight(name, rows, columns, start)
    records.append(RecordedParameter(name: name, shape: [rows, columns], weight: weight))
    return weight
  }

  mutating func tensor(_ name: String, _ shape: Shape, _ start: Initializer) throws -> Variable {
    let variable = try base.tensor(name, shape, start)
    records.append(RecordedParameter(name: name, shape: shape, weight: .variable(variable)))
    return variable
  }

  func requireAllUsed() throws { try base.requireAllUsed() }
}

/// One parameter of a model, under our name.
struct RecordedParameter {
  var name: String
  var shape: Shape
  var weight: Weight

  /// What its numbers are stored as.
  var elementType: ElementType {
    switch weight {
    case .stored(let matrix): matrix.elementType
    case .variable: .float32
    }
  }

  /// The numbers in memory.
  func tensor() -> Tensor {
    switch weight {
    case .stored(let matrix): matrix.tensor().reshaped(shape)
    case .variable(let variable): variable.value
    }
  }
}
