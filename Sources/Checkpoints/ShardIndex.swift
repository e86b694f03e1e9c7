import JSON

/// `model.safetensors.index.json`, or its like for PyTorch: which of several files holds which tensor.
///
/// The layout is that of Transformers' `save_pretrained`: an object with `weight_map`, from names to files beside it.
enum ShardIndex {
  static let lengthLimit = 100_000_000

  static func read(_ mapping: MappedFile) throws(CheckpointError) -> CheckpointContents {
    let path = mapping.path
    let files = try CheckpointOpener.named(mapping) { () throws(CheckpointError.Rule) in try weightMap(mapping) }
    let folder = path.folderOfPath
    var shards: [String: [String: CheckpointContents.Entry]] = [:]
    var contents = CheckpointContents(format: .safetensors, storedBytes: 0)
    for (tensor, file) in files {
      if shards[file] == nil {
        let shard = try shard(folder + file)
        shards[file] = Dictionary(shard.entries.map { ($0.info.name, $0) }, uniquingKeysWith: { first, _ in first })
        contents.format = shard.format
        contents.metadata.merge(shard.metadata) { first, _ in first }
        contents.storedBytes += shard.storedBytes
      }
      guard let entry = shards[file]?[tensor] else {
        throw CheckpointError(file: folder + file, tensor: tensor, rule: .noSuchTensor)
      }
      contents.entries.append(entry)
    }
    return contents
  }

  /// A shard is a file of its own, so that indices cannot lead to each other for ever.
  private static func shard(_ path: String) throws(CheckpointError) -> CheckpointContents {
    let contents = try CheckpointOpener.read(try CheckpointOpener.map(path))
    // Each shard obeys the rules of a whole checkpoint.
    _ = try Checkpoint(file: path, contents)
    return contents
  }

  /// In the file's order.
  private static func weightMap(
    _ mapping: MappedFile
  ) throws(CheckpointError.Rule) -> [(tensor: String, file: String)] {
    guard mapping.count <= lengthLimit else {
      throw .headerTooLong(bytes: UInt64(mapping.count), limit: lengthLimit)
    }
    let value = try TensorBytes(mapping).withUnsafeBytes { bytes throws(CheckpointError.Rule) in
      do throws(JSONError) { return try JSONReader.read(bytes) } catch { throw .json(error) }
    }
    guard case .object(let members) = value,
      case .object(let map)? = members.first(where: { $0.key == "weight_map" })?.value
    else { throw .unknownFormat }
    var names: Set<String> = []
    var files: [(tensor: String, file: String)] = []
    for (tensor, value) in map {
      guard case .string(let file) = value, !file.isEmpty, !file.contains("/"), !file.contains("\0") else {
        throw .badShardName(tensor)
      }
      guard names.insert(tensor).inserted else { throw .repeatedName }
      files.append((tensor, file))
    }
    return files
  }
}
