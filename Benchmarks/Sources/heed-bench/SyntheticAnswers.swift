import Explorer
import Inspection
import Layers
import Traces

/// What an engine and the readers of files would answer about a model that is none.
extension Synthetic {
  /// One row worked through: `size` numbers for each column's key and value.
  static func working(_ trace: AttentionTrace, _ head: HeadAddress, row: Int, size: Int = 64) -> AttentionWorking? {
    guard let matrix = trace.matrix(.head(head)), (0..<matrix.rows).contains(row) else { return nil }
    var random = Randomness(seed: UInt64(row))
    func numbers() -> [Float] { (0..<size).map { _ in random.uniform() - 0.5 } }
    let scores = (0..<matrix.columns).map { matrix.score(row: row, column: $0) ?? 0 }
    return AttentionWorking(
      head: head, row: row, mechanism: .scaledDot(scale: 0.125), query: numbers(),
      keys: scores.map { _ in numbers() }, values: scores.map { _ in numbers() }, modelScores: scores, temperature: 1,
      scores: scores, modelWeights: Array(matrix[row: row]), weights: Array(matrix[row: row]), context: numbers(),
      isSilenced: false)
  }

  /// The tensors of a Transformer of `layers` layers.
  static func checkpoint(path: String, layers: Int) -> CheckpointSummary {
    func tensor(_ name: String, _ shape: [Int]) -> TensorSummary {
      TensorSummary(name: name, type: "F32", shape: shape, byteCount: 4 * shape.reduce(1, *), isNumeric: true)
    }
    let parts = ["query", "key", "value", "output", "inner", "outer"]
    let tensors = ["encoder", "decoder"].flatMap { side in
      (0..<layers).flatMap { layer in
        parts.flatMap {
          [
            tensor("\(side).layers.\(layer).\($0).weight", [512, 512]),
            tensor("\(side).layers.\(layer).\($0).bias", [512]),
          ]
        }
      }
    }
    return CheckpointSummary(
      path: path, format: "safetensors", tensors: [tensor("embedding.weight", [32_000, 512])] + tensors)
  }

  static func statistics(of tensor: TensorSummary) -> TensorStatistics {
    TensorStatistics(
      count: tensor.count, zeros: 3, range: -1.5...2.25, mean: 0.01, deviation: 0.4,
      histogram: (0..<32).map { 1000 - ($0 - 15) * ($0 - 15) })
  }

  static func tile(of tensor: TensorSummary, _ request: TileRequest) -> MatrixTile {
    var tile = MatrixTile(tensor.matrix, request)
    var random = Randomness(seed: 2)
    // One number of each bin: the others would only be smaller.
    for row in 0..<tile.binRows {
      for column in 0..<tile.binColumns {
        let cells = tile.cells(row, column)
        let first = cells.rows.lowerBound * tile.size.columns + cells.columns.lowerBound
        tile.take([Double(random.uniform() - 0.5)], from: first)
      }
    }
    return tile
  }
}

extension Synthetic {
  /// The answer to a request for what a file holds; nil for other requests.
  static func answer(_ request: FileRequest, layers: Int) -> FileAnswer? {
    switch request {
    case .inspect(let path): return .inspected(checkpoint(path: path, layers: layers))
    case .measure(let path, let name):
      return .measured(find(name, path, layers).map(statistics))
    case .tile(let path, let name, let request):
      return .tile(find(name, path, layers).map { tile(of: $0, request) })
    default: return nil
    }
  }

  private static func find(_ name: String, _ path: String, _ layers: Int) -> TensorSummary? {
    checkpoint(path: path, layers: layers).tensors.first { $0.name == name }
  }
}
