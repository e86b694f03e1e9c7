/// A TensorFlow checkpoint: `PREFIX.index`, a table of what there is, and the numbers in
/// `PREFIX.data-00000-of-00001` and its like.
enum BundleReader {
  static let indexSuffix = ".index"
  static let graphName = "_CHECKPOINTABLE_OBJECT_GRAPH"
  /// What object-based checkpoints put behind the way to a variable.
  static let valueSuffix = "/.ATTRIBUTES/VARIABLE_VALUE"
  private static let mostShards = 100_000
  private static let mostSlices = 4096

  static func read(_ mapping: MappedFile) throws(CheckpointError) -> CheckpointContents {
    guard mapping.path.hasSuffix(indexSuffix) else {
      throw CheckpointError(
        file: mapping.path, rule: .unsupported(.tensorflow, "an index must be called PREFIX.index to find its data"))
    }
    let table = try CheckpointOpener.named(mapping) { () throws(CheckpointError.Rule) in try Table(mapping) }
    let prefix = String(mapping.path.dropLast(indexSuffix.count))
    var shards: [MappedFile] = []
    for shard in 0..<table.shardCount {
      shards.append(try CheckpointOpener.map(dataPath(prefix, shard, of: table.shardCount)))
    }
    let metadata = try SavedModelMetadata.beside(index: mapping.path)
    return try CheckpointOpener.named(mapping) { () throws(CheckpointError.Rule) in
      var contents = try contents(table, shards, storedBytes: shards.reduce(mapping.count) { $0 + $1.count })
      contents.metadata.merge(metadata) { first, _ in first }
      return contents
    }
  }

  static func dataPath(_ prefix: String, _ shard: Int, of count: Int) -> String {
    func digits(_ number: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
    return "\(prefix).data-\(digits(shard))-of-\(digits(count))"
  }

  /// The index as it stands.
  private struct Table {
    var shardCount = 0
    var entries: [(key: [UInt8], entry: BundleEntry)] = []

    init(_ mapping: MappedFile) throws(CheckpointError.Rule) {
      var header = false
      try TensorBytes(mapping).withUnsafeBytes { bytes throws(CheckpointError.Rule) in
        try SortedTable.forEach(bytes) { key, value throws(CheckpointError.Rule) in
          if key.isEmpty {
            try readHeader(value)
            header = true
          } else {
            entries.append((key, try BundleEntry(value)))
          }
        }
      }
      guard header else { throw .damaged(.tensorflow, "the index lacks its header") }
    }

    private mutating func readHeader(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError.Rule) {
      var message = ProtocolBuffer(bytes, "the header of the index")
      while let (field, value) = try message.next() {
        if field == 1 { shardCount = Int(clamping: value.number) }
        if field == 2 && value.number != 0 { throw .unsupported(.tensorflow, "numbers of the other byte order") }
      }
      guard shardCount <= mostShards else { throw .damaged(.tensorflow, "the index claims \(shardCount) data files") }
    }
  }

  private static func contents(
    _ table: Table, _ shards: [MappedFile], storedBytes: Int
  ) throws(CheckpointError.Rule) -> CheckpointContents {
    try checkApart(table, shards)
    let parts = Dictionary(uniqueKeysWithValues: table.entries.filter { $0.key.first == 0 })
    var contents = CheckpointContents(format: .tensorflow, storedBytes: storedBytes)
    var labels: [String: String] = [:]
    var ways: [String: String] = [:]
    for (key, entry) in table.entries where key.first != 0 {
      guard let name = String(validating: key, as: UTF8.self) else {
        throw .damaged(.tensorflow, "a key of the index is not UTF-8")
      }
      if name == graphName {
        let graph = try StringTensor(entry, shards).only()
        labels = try ObjectGraph.labels(graph)
        ways = try ObjectPaths.besideOptimizers(graph)
        contents.metadata["object graph"] = "\(labels.count) variables"
        continue
      }
      let isText = entry.type == .text
      let byteCount = isText ? entry.size : try entry.type.byteCount(of: entry.shape)
      let source: any TensorSource =
        if !entry.slices.isEmpty { try partitioned(entry, key, parts, shards) } else {
          stored(entry, byteCount, shards)
        }
      guard isText || !entry.slices.isEmpty || byteCount == entry.size else {
        throw .damaged(.tensorflow, "'\(name)' has \(entry.size) bytes where its shape needs \(byteCount)")
      }
      let info = TensorInfo(name: name, type: entry.type, shape: entry.shape, byteCount: byteCount)
      contents.entries.append(CheckpointContents.Entry(info: info, source: source))
    }
    return named(contents, labels, ways)
  }

  /// Puts the framework's own names beside the keys, and cuts from these what all variables have at their end. A model's
  /// variable that is called by its place in an optimizer is called by its place in the model.
  private static func named(
    _ contents: CheckpointContents, _ labels: [String: String], _ ways: [String: String]
  ) -> CheckpointContents {
    var contents = contents
    let taken = Set(contents.entries.map(\.info.name))
    for index in contents.entries.indices {
      let key = contents.entries[index].info.name
      let way = ways[key].flatMap { taken.contains($0 + valueSuffix) ? nil : $0 }
      let name = way ?? (key.hasSuffix(valueSuffix) ? String(key.dropLast(valueSuffix.count)) : key)
      contents.entries[index].info.name = name
      if let label = labels[key], !label.isEmpty, label != name { contents.entries[index].info.label = label }
    }
    return contents
  }

  /// Entries must lie within their files and not on each other.
  private static func checkApart(_ table: Table, _ shards: [MappedFile]) throws(CheckpointError.Rule) {
    var ends = [Int](repeating: 0, count: shards.count)
    let stored = table.entries.map(\.entry).filter { $0.slices.isEmpty }
    for entry in stored.sorted(by: { ($0.shard, $0.offset, $0.size) < ($1.shard, $1.offset, $1.size) }) {
      guard entry.shard < shards.count, entry.offset <= shards[entry.shard].count,
        entry.size <= shards[entry.shard].count - entry.offset
      else { throw .damaged(.tensorflow, "the index points behind the end of its data") }
      guard entry.offset >= ends[entry.shard] || entry.size == 0 else {
        throw .damaged(.tensorflow, "two tensors of the index overlap in their data")
      }
      ends[entry.shard] = max(ends[entry.shard], entry.offset + entry.size)
    }
  }

  private static func stored(_ entry: BundleEntry, _ byteCount: Int, _ shards: [MappedFile]) -> ChecksummedSource {
    let range = entry.offset..<(entry.offset + entry.size)
    return ChecksummedSource(
      TensorBytes(shards[entry.shard], range: range), checksum: entry.type == .text ? nil : entry.checksum)
  }

  private static func partitioned(
    _ whole: BundleEntry, _ key: [UInt8], _ parts: [[UInt8]: BundleEntry], _ shards: [MappedFile]
  ) throws(CheckpointError.Rule) -> PartitionedSource {
    guard whole.slices.count <= mostSlices, whole.type != .text else {
      throw .unsupported(.tensorflow, "a variable in \(whole.slices.count) parts")
    }
    var pieces: [PartitionedSource.Part] = []
    for slice in whole.slices {
      guard let part = parts[BundleEntry.key(ofSlice: slice, of: key)], part.slices.isEmpty,
        slice.count == whole.shape.count
      else { throw .damaged(.tensorflow, "a part of a partitioned variable is missing") }
      let shape = zip(slice, whole.shape).map { $0.length ?? $1 }
      guard part.type == whole.type, try part.type.byteCount(of: shape) == part.size else {
        throw .damaged(.tensorflow, "a part of a partitioned variable has another shape than its place")
      }
      pieces.append(
        PartitionedSource.Part(starts: slice.map(\.start), shape: shape, source: stored(part, part.size, shards)))
    }
    guard let source = PartitionedSource(shape: whole.shape, width: whole.type.bytesPerBlock, parts: pieces) else {
      throw .damaged(.tensorflow, "the parts of a partitioned variable do not make it up")
    }
    return source
  }
}
