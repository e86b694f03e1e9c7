/// Texts as the data files hold them: all lengths, a checksum of these, then the texts one after the other.
struct StringTensor {
  private let bytes: TensorBytes
  private let checksum: UInt32

  init(_ entry: BundleEntry, _ shards: [MappedFile]) throws(CheckpointError.Rule) {
    guard entry.type == .text, entry.shape.isEmpty, entry.slices.isEmpty else {
      throw .damaged(.tensorflow, "the object graph is no single text")
    }
    bytes = TensorBytes(shards[entry.shard], range: entry.offset..<(entry.offset + entry.size))
    checksum = entry.checksum
  }

  /// The text of a tensor without dimensions, its checksums compared.
  func only() throws(CheckpointError.Rule) -> TensorBytes {
    try bytes.withUnsafeBytes { all throws(CheckpointError.Rule) in
      var reader = ByteReader(all, .tensorflow)
      let length = try reader.length("a text")
      var sum = CRC32C()
      // Lengths count as 32 bits, or 64 if they need them.
      if let narrow = UInt32(exactly: length) {
        withUnsafeBytes(of: narrow.littleEndian) { sum.extend($0) }
      } else {
        withUnsafeBytes(of: UInt64(length).littleEndian) { sum.extend($0) }
      }
      let stored = UnsafeRawBufferPointer(rebasing: all[try reader.take(4, "a text")])
      guard stored.loadUnaligned(as: UInt32.self) == sum.masked.littleEndian else {
        throw .damaged(.tensorflow, "the length of a text does not have its checksum")
      }
      sum.extend(stored)
      let range = try reader.take(length, "a text")
      sum.extend(UnsafeRawBufferPointer(rebasing: all[range]))
      guard reader.isAtEnd, sum.masked == checksum else {
        throw .damaged(.tensorflow, "a text does not have the checksum that the index gives")
      }
      return bytes.part(range)
    }
  }
}

/// The graph of Python objects that `tf.train.Checkpoint` saves beside the variables, after
/// `tensorflow/core/protobuf/trackable_object_graph.proto`; that of Keras 2 and 3 alike.
enum ObjectGraph {
  /// From keys of the index to the names that the variables had in their program.
  static func labels(_ text: TensorBytes) throws(CheckpointError.Rule) -> [String: String] {
    try text.withUnsafeBytes { bytes throws(CheckpointError.Rule) in
      var labels: [String: String] = [:]
      var graph = ProtocolBuffer(bytes, "the object graph")
      while let (field, value) = try graph.next() {
        guard field == 1, let node = value.message else { continue }
        var object = ProtocolBuffer(node, "the object graph")
        while let (field, value) = try object.next() {
          guard field == 2, let attribute = value.message else { continue }
          if let (key, label) = try Self.label(attribute) { labels[key] = label }
        }
      }
      return labels
    }
  }

  private static func label(
    _ attribute: UnsafeRawBufferPointer
  ) throws(CheckpointError.Rule) -> (key: String, label: String)? {
    var message = ProtocolBuffer(attribute, "the object graph")
    var label = ""
    var key: String?
    while let (field, value) = try message.next() {
      if field == 2 { label = value.text ?? "" }
      if field == 3 { key = value.text }
    }
    return key.map { ($0, label) }
  }
}
