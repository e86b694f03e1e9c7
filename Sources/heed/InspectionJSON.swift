import Checkpoints
import Inspection
import JSON

/// `heed inspect --json`, schema heed-inspect/1.
enum InspectionJSON {
  /// One line. Numbers read back as the same `Double`; what JSON cannot write is null.
  static func text(of checkpoint: Checkpoint, withNumbers: Bool) throws -> String {
    var tensors: [JSONValue] = []
    for info in checkpoint.tensors {
      var members: [(key: String, value: JSONValue)] = [
        ("name", .string(info.name)), ("type", .string(info.type.name)),
        ("shape", .array(info.shape.map(JSONValue.int))),
        ("bytes", .int(info.byteCount)),
      ]
      if let label = info.label { members.append(("label", .string(label))) }
      if withNumbers, let statistics = try checkpoint.statistics(of: info.name) {
        members.append(("statistics", value(of: statistics)))
      }
      tensors.append(.object(members))
    }
    let metadata = checkpoint.metadata.sorted { $0.key < $1.key }.map {
      (key: $0.key, value: JSONValue.string($0.value))
    }
    let whole = JSONValue.object([
      ("schema", .string("heed-inspect/1")), ("file", .string(checkpoint.file)),
      ("format", .string(checkpoint.format.rawValue)), ("metadata", .object(metadata)), ("tensors", .array(tensors)),
    ])
    return String(decoding: JSONWriter.write(whole, style: .line), as: UTF8.self) + "\n"
  }

  private static func value(of statistics: TensorStatistics) -> JSONValue {
    .object([
      ("count", .int(statistics.count)), ("zeros", .int(statistics.zeros)), ("nans", .int(statistics.nans)),
      ("infinities", .int(statistics.infinities)), ("minimum", number(statistics.range?.lowerBound)),
      ("maximum", number(statistics.range?.upperBound)), ("mean", number(statistics.mean)),
      ("deviation", number(statistics.deviation)), ("histogram", .array(statistics.histogram.map(JSONValue.int))),
    ])
  }

  private static func number(_ value: Double?) -> JSONValue {
    if let value, value.isFinite { .number("\(value)") } else { .null }
  }
}
