import Inspection
import Traces

@testable import Explorer

/// Answers as the program's loop does, without a file: some paths and names have their own meaning.
enum FakeFiles {
  static let places = FileListing(
    folder: nil,
    entries: [
      .init(kind: .sample, name: "en-fr-bahdanau", path: "/models/en-fr-bahdanau", detail: "/models"),
      .init(kind: .sample, name: "en-fr-luong", path: "/models/en-fr-luong", detail: "/models"),
      .init(kind: .sample, name: "en-fr-transformer", path: "/models/en-fr-transformer", detail: "/models"),
      .init(kind: .recent, name: "opus-mt-en-fr", path: "/home/ada/opus-mt-en-fr", detail: "~"),
      .init(kind: .folder, name: "/home/ada/work", path: "/home/ada/work", detail: "where heed was started"),
      .init(kind: .folder, name: "/", path: "/", detail: "all of the computer"),
    ])
  static let work = FileListing(
    folder: "/home/ada/work",
    entries: [
      .init(kind: .parent, name: "..", path: "/home/ada", detail: "/home/ada"),
      .init(kind: .folder, name: ".cache", path: "/home/ada/work/.cache"),
      .init(kind: .model, name: "marian", path: "/home/ada/work/marian"),
      .init(kind: .folder, name: "notes", path: "/home/ada/work/notes"),
      .init(kind: .file, name: "weights.npz", path: "/home/ada/work/weights.npz"),
    ])
  static let home = FileListing(
    folder: "/home/ada",
    entries: [
      .init(kind: .parent, name: "..", path: "/home", detail: "/home"),
      .init(kind: .folder, name: "work", path: "/home/ada/work"),
    ])

  static let checkpoint = CheckpointSummary(
    path: "/models/en-fr-bahdanau", format: "safetensors",
    metadata: [.init(key: "format", value: "heed"), .init(key: "trained", value: "2026-11-25, 10 epochs on Tatoeba")],
    tensors: [
      tensor("encoder.embedding.weight", [64, 24]), tensor("encoder.rnn.forward.kernel", [24, 48]),
      tensor("encoder.rnn.forward.bias", [48]), tensor("encoder.rnn.backward.kernel", [24, 48]),
      tensor("attention.query.weight", [8, 6]), tensor("attention.score.weight", [1, 8]),
      tensor("decoder.output.weight", [2000, 700]), tensor("decoder.output.bias", [2000]),
      TensorSummary(
        name: "decoder.packed", type: "Q4_0", shape: [32], byteCount: 18, label: "decoder/packed", isNumeric: false),
      tensor("empty", [3, 0]),
    ])

  static func tensor(_ name: String, _ shape: [Int]) -> TensorSummary {
    TensorSummary(name: name, type: "F32", shape: shape, byteCount: 4 * shape.reduce(1, *))
  }

  /// The number at a place of any matrix: the same on every platform.
  static func number(_ row: Int, _ column: Int) -> Double { Double((row * 37 + column * 11) % 101 - 50) / 64 }

  static func answer(to request: FileRequest) -> FileAnswer {
    switch request {
    case .open(let path):
      if path.contains("missing") { return .failed("\(path): there is no such folder") }
      let isTransformer = path.contains("transformer")
      return .opened(isTransformer ? Samples.transformer(3, 4) : Samples.summary, example: "An example .")
    case .list(let folder):
      switch folder {
      case nil: return .listed(places)
      case "/home/ada/work": return .listed(work)
      case "/home/ada": return .listed(home)
      case let folder?: return .failed("\(folder): this folder cannot be read")
      }
    case .complete(let typed): return .completed(["notes/", "nothing.yaml"].filter { $0.hasPrefix(typed) })
    case .inspect(let path): return path == "/m" ? .failed("/m: no checkpoint in this folder") : .inspected(checkpoint)
    case .measure(_, let name): return .measured(statistics(name))
    case .tile(_, let name, let request): return .tile(tile(name, request))
    case .export(let figure): return written(figure.file, figure.replaces)
    case .save(_, let file, let replaces): return written(file ?? "session.yaml", replaces)
    case .writeConfiguration(_, _, let replaces): return written("/home/ada/.config/heed/config.yaml", replaces || true)
    }
  }

  private static func written(_ file: String, _ replaces: Bool) -> FileAnswer {
    if file.contains("readonly") { return .failed("\(file): cannot write the file: Permission denied") }
    return file.contains("there") && !replaces ? .exists(file: file) : .written(file: file)
  }

  private static func statistics(_ name: String) -> TensorStatistics? {
    guard let tensor = checkpoint.tensors.first(where: { $0.name == name }), tensor.isNumeric else { return nil }
    return TensorStatistics(
      count: tensor.count, zeros: tensor.count / 101, nans: tensor.count > 1000 ? 2 : 0, infinities: 0,
      range: -0.78125...0.78125, mean: 0.00125, deviation: 0.4555, histogram: (0..<40).map { 40 - abs($0 - 20) })
  }

  private static func tile(_ name: String, _ request: TileRequest) -> MatrixTile? {
    guard let tensor = checkpoint.tensors.first(where: { $0.name == name }), tensor.isNumeric else { return nil }
    let size = tensor.matrix
    var tile = MatrixTile(size, request)
    for row in 0..<size.rows {
      tile.take((0..<size.columns).map { number(row, $0) }, from: row * size.columns)
    }
    return tile
  }
}
