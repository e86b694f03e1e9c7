import Checkpoints
import Inspection
import JSON

/// `heed inspect --json`, schema heed-inspect/1.
enum InspectionJSON {
  /// One line. Numbers read back as the same `Double`; what JSON cannot write is null.
  static func text(of checkpoint: Checkpoint, withNumbers: Bool) throws -> [UInt8] {
    var writer = JSONWriter(style: .line)
    try writer.object { whole in
      for (key, value) in [
        ("schema", "heed-inspect/1"), ("file", checkpoint.file), ("format", checkpoint.format.rawValue),
      ] {
        whole.key(key)
        whole.string(value)
      }
      whole.key("metadata")
      whole.object { members in
        for (key, value) in checkpoint.metadata.sorted(by: { $0.key < $1.key }) {
          members.key(key)
          members.string(value)
        }
      }
      whole.key("tensors")
      try whole.array(checkpoint.tensors) { writer, info in
        let statistics = withNumbers ? try checkpoint.statistics(of: info.name) : nil
        writer.object { write(info, statistics, to: &$0) }
      }
    }
    return writer.bytes + [UInt8(ascii: "\n")]
  }

  private static func write(_ info: TensorInfo, _ statistics: TensorStatistics?, to writer: inout JSONWriter) {
    writer.key("name")
    writer.string(info.name)
    writer.key("type")
    writer.string(info.type.name)
    writer.key("shape")
    writer.array(info.shape) { $0.value(.int($1)) }
    writer.key("bytes")
    writer.value(.int(info.byteCount))
    if let label = info.label {
      writer.key("label")
      writer.string(label)
    }
    guard let statistics else { return }
    writer.key("statistics")
    writer.object { write(statistics, to: &$0) }
  }

  private static func write(_ statistics: TensorStatistics, to writer: inout JSONWriter) {
    for (key, count) in [
      ("count", statistics.count), ("zeros", statistics.zeros), ("nans", statistics.nans),
      ("infinities", statistics.infinities),
    ] {
      writer.key(key)
      writer.value(.int(count))
    }
    for (key, number) in [
      ("minimum", statistics.range?.lowerBound), ("maximum", statistics.range?.upperBound), ("mean", statistics.mean),
      ("deviation", statistics.deviation),
    ] {
      writer.key(key)
      writer.value(value(number))
    }
    writer.key("histogram")
    writer.array(statistics.histogram) { $0.value(.int($1)) }
  }

  private static func value(_ number: Double?) -> JSONValue {
    if let number, number.isFinite { .number("\(number)") } else { .null }
  }
}
