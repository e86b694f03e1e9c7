import Autograd
import Layers
import Tensors

/// `AdditiveAttention` and `Attention`: one head without projections.
struct KerasScoring: KerasLayer {
  enum Kind { case additive, dot }

  let name: String
  let kind: Kind
  /// `[D]` for additive scores, one number for products; nil for ones.
  let scale: Variable?
  /// Whether the layer itself is causal, as it could be before Keras 2.10; later a call says so.
  let isCausal: Bool

  func callAsFunction(
    _ inputs: [KerasActivation], _ call: KerasGraph.Call, _ named: [String: [KerasActivation]], _ run: inout KerasRun
  ) throws -> [KerasActivation] {
    guard inputs.count == 2 || inputs.count == 3 else { throw KerasShapes.misfit(name) }
    let (query, value, key) = (inputs[0], inputs[1], inputs.count == 3 ? inputs[2] : inputs[1])
    let isSound =
      [query, value, key].allSatisfy { $0.shape.rank == 2 } && query.shape[1] == key.shape[1]
      && key.shape[0] == value.shape[0] && value.shape[0] > 0
    try KerasShapes.require(isSound, name)
    let (rows, columns, width) = (query.shape[0], key.shape[0], key.shape[1])
    let scores: Variable
    switch kind {
    case .additive:
      let v = scale ?? Variable(Tensor([width], repeating: 1))
      try KerasShapes.require(v.shape.count == width, name)
      let keys = Variable.concatenatingRows(Array(repeating: key.x, count: rows)).reshaped([rows, columns, width])
      scores = query.x.additiveScores(keys: keys, v: v)
    case .dot:
      let products = query.x.multiplied(by: .variable(key.x), transposed: true)
      try KerasShapes.require(scale.map { $0.shape.count == 1 } ?? true, name)
      scores = scale.map { products * $0.value.elements[0] } ?? products
    }
    let isCausal = self.isCausal || call.isTrue("use_causal_mask")
    run.note(
      KerasRun.Seen(
        call: call.name, heads: 1, rows: rows, columns: columns,
        isSelf: call.inputs.first == call.inputs.dropFirst().first,
        values: call.inputs[1].call, isCausal: isCausal))
    let sums = run.attend(
      call.name, scores: scores.reshaped([1, rows, columns]), values: [value.x], mask: value.mask, isCausal: isCausal)
    return [KerasActivation(sums.reshaped([rows, value.shape[1]]), mask: query.mask)]
  }
}

/// `MultiHeadAttention`.
struct KerasMultiHead: KerasLayer {
  private let name: String
  /// Widths of what asks, of keys' and values' rows; heads; widths of a key and a value; width of the output.
  private let sizes: [Int]
  private let isKeras3: Bool
  private let query: Linear
  private let key: Linear
  private let value: Linear
  private let output: Linear

  init(_ name: String, _ sizes: [Int], isKeras3: Bool, _ source: inout some ParameterSource) throws {
    self.name = name
    self.sizes = sizes
    self.isKeras3 = isKeras3
    let (keys, values) = (sizes[3] * sizes[4], sizes[3] * sizes[5])
    query = try source.scoped("\(name).query") { try Linear(&$0, sizes[0], keys) }
    key = try source.scoped("\(name).key") { try Linear(&$0, sizes[1], keys) }
    value = try source.scoped("\(name).value") { try Linear(&$0, sizes[2], values) }
    output = try source.scoped("\(name).output") { try Linear(&$0, values, sizes[6]) }
  }

  func callAsFunction(
    _ inputs: [KerasActivation], _ call: KerasGraph.Call, _ named: [String: [KerasActivation]], _ run: inout KerasRun
  ) throws -> [KerasActivation] {
    let given = named["query"] ?? Array(inputs.prefix(1))
    let values = named["value"] ?? Array(inputs.dropFirst().prefix(1))
    let keys = named["key"] ?? Array(inputs.dropFirst(2).prefix(1))
    guard named["attention_mask"]?.isEmpty ?? true else {
      throw ModelError("the layer '\(name)' is given a mask of its own, which this version of heed does not compute")
    }
    guard let asking = given.first, let seen = values.first else { throw KerasShapes.misfit(name) }
    let keyed = keys.first ?? seen
    let isSound =
      [asking, seen, keyed].allSatisfy { $0.shape.rank == 2 } && asking.shape[1] == sizes[0]
      && keyed.shape[1] == sizes[1]
      && seen.shape[1] == sizes[2] && keyed.shape[0] == seen.shape[0] && seen.shape[0] > 0
    try KerasShapes.require(isSound, name)
    let (heads, keyWidth, valueWidth) = (sizes[3], sizes[4], sizes[5])
    let (q, k, v) = (query(asking.x), key(keyed.x), value(seen.x))
    func head(_ x: Variable, _ number: Int, _ width: Int) -> Variable {
      x.columns((number * width)..<((number + 1) * width))
    }
    let scale = 1 / Float(keyWidth).squareRoot()
    let scores = (0..<heads).map { number in
      (head(q, number, keyWidth) * scale).multiplied(by: .variable(head(k, number, keyWidth)), transposed: true)
    }
    let (rows, columns) = (asking.shape[0], seen.shape[0])
    let isCausal = call.isTrue("use_causal_mask")
    let asked = call.named["query"]?.outputs.first ?? call.inputs.first
    let source = call.named["value"]?.outputs.first ?? call.inputs.dropFirst().first
    run.note(
      KerasRun.Seen(
        call: call.name, heads: heads, rows: rows, columns: columns, isSelf: asked == source,
        values: source?.call ?? call.name, isCausal: isCausal))
    let sums = run.attend(
      call.name, scores: Variable.concatenatingRows(scores).reshaped([heads, rows, columns]),
      values: (0..<heads).map { head(v, $0, valueWidth) }, mask: seen.mask, isCausal: isCausal,
      padding: asking.mask.map { KerasRun.Padding(rows: $0, isUniform: !isKeras3) })
    let joined = Variable.concatenatingColumns(
      (0..<heads).map { sums.reshaped([heads * rows, valueWidth]).rows(($0 * rows)..<(($0 + 1) * rows)) })
    return [KerasActivation(output(joined), mask: asking.mask)]
  }
}
