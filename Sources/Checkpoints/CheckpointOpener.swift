#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Finds out what a path holds, by content, and hands it to the reader of that format.
enum CheckpointOpener {
  static func open(_ path: String) throws(CheckpointError) -> CheckpointContents {
    if isFolder(path) { return try openFolder(path) }
    let mapping: MappedFile
    do {
      mapping = try MappedFile(path: path)
    } catch {
      throw CheckpointError(file: path, rule: error)
    }
    return try read(mapping, path)
  }

  private static func read(_ mapping: MappedFile, _ path: String) throws(CheckpointError) -> CheckpointContents {
    let first = TensorBytes(mapping).withUnsafeBytes(\.first)
    return try first == UInt8(ascii: "{") ? ShardIndex.read(mapping, path) : readFile(mapping, path)
  }

  /// A checkpoint of one file, told by its first bytes; a safetensors file has none of its own, and so comes last.
  static func readFile(_ mapping: MappedFile, _ path: String) throws(CheckpointError) -> CheckpointContents {
    let start = TensorBytes(mapping).withUnsafeBytes { Array($0.prefix(16)) }
    guard start.count < 9 || start[8] == UInt8(ascii: "{") else {
      throw CheckpointError(file: path, rule: .unknownFormat)
    }
    return try SafetensorsArchive(mapping, path: path).contents
  }

  /// What frameworks call the checkpoint of a model folder, the best first.
  private static let usualNames = [
    "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
  ]

  private static func openFolder(_ path: String) throws(CheckpointError) -> CheckpointContents {
    for name in usualNames where isFile("\(path)/\(name)") { return try open("\(path)/\(name)") }
    throw CheckpointError(file: path, rule: .ambiguousFolder([]))
  }

  static func isFolder(_ path: String) -> Bool { kind(path) == S_IFDIR }
  static func isFile(_ path: String) -> Bool { kind(path) == S_IFREG }

  private static func kind(_ path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }
}
