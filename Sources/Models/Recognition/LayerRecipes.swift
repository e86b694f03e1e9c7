import Checkpoints
import Tensors

/// How our parameters are found in layers of other frameworks.
extension ParameterMap {
  /// A table of vectors.
  mutating func table(_ ours: String, _ layer: SavedLayer) {
    if let kernel = layer["kernel"] { self[ours + ".weight"] = .stored(kernel.name) }
  }

  /// `kernel` and `bias` of a dense layer; a bias that the file lacks is zeros.
  ///
  /// - Parameter inputs: the order in which ours reads parts of the input; nil for theirs.
  mutating func dense(_ ours: String, _ layer: SavedLayer, inputs: [Range<Int>]? = nil, hasBias: Bool = true) {
    guard let kernel = layer["kernel"] else { return }
    self[ours + ".kernel"] = Self.kernel(kernel.name, layer.isTurned, inputs: inputs)
    if hasBias { self[ours + ".bias"] = layer["bias"].map { .stored($0.name) } ?? .constant(0) }
  }

  /// A matrix `[in, out]` with its rows in another order.
  private static func kernel(_ name: String, _ isTurned: Bool, inputs: [Range<Int>]?) -> ParameterRecipe {
    let whole: ParameterRecipe = isTurned ? .transposed(.stored(name)) : .stored(name)
    guard let inputs else { return whole }
    return .joinedRows(inputs.map { .rows(whole, $0) })
  }

  mutating func norm(_ ours: String, _ layer: SavedLayer) {
    if let gain = layer["gain"] { self[ours + ".gamma"] = .stored(gain.name) }
    self[ours + ".beta"] = layer["shift"].map { .stored($0.name) } ?? .constant(0)
  }

  /// A GRU or LSTM: gates in Keras' order, both biases of PyTorch side by side, or for an LSTM their sum.
  ///
  /// - Parameter inputs: the order in which ours reads parts of the input; nil for theirs.
  mutating func recurrent(_ ours: String, _ layer: SavedLayer, inputs: [Range<Int>]? = nil) {
    guard let kernel = layer["kernel"], let recurrent = layer["recurrent"], case .recurrent(let cell) = layer.kind
    else { return }
    guard layer.isTurned else {
      self[ours + ".kernel"] = Self.kernel(kernel.name, false, inputs: inputs)
      self[ours + ".recurrent_kernel"] = .stored(recurrent.name)
      self[ours + ".bias"] = layer["bias"].map { .stored($0.name) } ?? .constant(0)
      return
    }
    let units = layer.units
    func gate(_ number: Int) -> Range<Int> { (number * units)..<((number + 1) * units) }
    // PyTorch's GRU has r, z, n; its LSTM has the order that Keras has.
    let gates = cell == .lstm ? [0, 1, 2, 3] : [1, 0, 2]
    func turned(_ name: String) -> ParameterRecipe {
      .joinedColumns(gates.map { .columns(.transposed(.stored(name)), gate($0)) })
    }
    let whole = turned(kernel.name)
    self[ours + ".kernel"] = inputs.map { .joinedRows($0.map { .rows(whole, $0) }) } ?? whole
    self[ours + ".recurrent_kernel"] = turned(recurrent.name)
    self[ours + ".bias"] = Self.torchBias(layer, cell, gates.map(gate))
  }

  private static func torchBias(
    _ layer: SavedLayer, _ cell: SavedLayer.CellKindName, _ gates: [Range<Int>]
  ) -> ParameterRecipe {
    guard let input = layer["inputBias"]?.name, let recurrent = layer["recurrentBias"]?.name else {
      return .constant(0)
    }
    let width = (gates.last?.upperBound ?? 0)
    func ordered(_ name: String) -> ParameterRecipe { .joinedColumns(gates.map { .columns(.stored(name), $0) }) }
    func row(_ name: String) -> ParameterRecipe { .reshaped(ordered(name), [1, width]) }
    if cell == .lstm {
      return .computed(from: [input, recurrent]) { archive in
        var sum = try archive.tensor(named: input)
        let other = try archive.tensor(named: recurrent).elements
        guard other.count == sum.count else {
          throw ModelError("\(archive.file): '\(input)' and '\(recurrent)' are of different lengths")
        }
        sum.withUnsafeMutableElements { x in for index in other.indices { x[index] += other[index] } }
        return sum
      }
    }
    return .joinedRows([row(input), row(recurrent)])
  }
}
