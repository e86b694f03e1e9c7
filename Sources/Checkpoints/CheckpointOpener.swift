#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Finds out what a path holds, by content, and hands it to the reader of that format.
enum CheckpointOpener {
  static func open(_ path: String) throws(CheckpointError) -> CheckpointContents {
    if FileKind(path: path) == .folder { return try openFolder(path) }
    if let index = indexPath(path) { return try read(try map(index)) }
    let mapping = try map(path)
    let start = TensorBytes(mapping).withUnsafeBytes { Array($0.prefix(CheckpointState.key.utf8.count)) }
    if start.elementsEqual(CheckpointState.key.utf8) {
      let prefix = try named(mapping) { () throws(CheckpointError.Rule) in try CheckpointState.newestPrefix(mapping) }
      return try read(try map(prefix + BundleReader.indexSuffix))
    }
    // A safetensors header of 123 bytes begins with a brace as well, but then with zeros.
    let isText = start.first == UInt8(ascii: "{") && !start.prefix(8).contains(0)
    return try isText ? ShardIndex.read(mapping) : read(mapping)
  }

  /// The index of a TensorFlow checkpoint that is given by its prefix, or by one of its data files.
  private static func indexPath(_ path: String) -> String? {
    let isPrefix = !isFile(path) && isFile(path + BundleReader.indexSuffix)
    if isPrefix { return path + BundleReader.indexSuffix }
    guard let suffix = path.wholeMatch(of: /(.*)\.data-\d{5,}-of-\d{5,}/), isFile(suffix.1 + BundleReader.indexSuffix)
    else { return nil }
    return suffix.1 + BundleReader.indexSuffix
  }

  /// A checkpoint of one file, told by its first bytes; a safetensors file has none of its own, and so comes last.
  static func read(_ mapping: MappedFile) throws(CheckpointError) -> CheckpointContents {
    let start = TensorBytes(mapping).withUnsafeBytes { Array($0.prefix(16)) }
    if TensorBytes(mapping).withUnsafeBytes(ZipArchive.begins) { return try readZip(mapping) }
    if start.starts(with: ArrayHeader.magic) {
      return try named(mapping) { () throws(CheckpointError.Rule) in try NumPyReader.readArray(mapping) }
    }
    if TensorBytes(mapping).withUnsafeBytes(HDF5Listing.isHDF5) {
      return try named(mapping) { () throws(CheckpointError.Rule) in
        try KerasReader.read(TensorBytes(mapping), storedBytes: mapping.count)
      }
    }
    if start.starts(with: GGUFReader.magic) {
      return try named(mapping) { () throws(CheckpointError.Rule) in try GGUFReader.read(mapping) }
    }
    if TensorBytes(mapping).withUnsafeBytes(SortedTable.ends) || mapping.path.hasSuffix(BundleReader.indexSuffix) {
      return try BundleReader.read(mapping)
    }
    // A safetensors header may be 128 bytes long, or any other number that begins like a pickle, but then a brace follows.
    let isHeader = start.count > 8 && start[8] == UInt8(ascii: "{")
    if start.first == Opcode.proto.rawValue && !isHeader {
      return try named(mapping) { () throws(CheckpointError.Rule) in try TorchReader.readLegacy(mapping) }
    }
    if CTranslate2Reader.begins(start) {
      return try named(mapping) { () throws(CheckpointError.Rule) in try CTranslate2Reader.read(mapping) }
    }
    guard start.count < 9 || start[8] == UInt8(ascii: "{") else {
      throw CheckpointError(file: mapping.path, rule: .unknownFormat)
    }
    return try SafetensorsArchive.contents(mapping)
  }

  /// A ZIP file holds what its entries are called.
  private static func readZip(_ mapping: MappedFile) throws(CheckpointError) -> CheckpointContents {
    let archive = try named(mapping) { () throws(CheckpointError.Rule) in try ZipArchive(mapping) }
    if archive.entries.contains(where: { $0.name.hasSuffix(NumPyReader.suffix) }) {
      return try NumPyReader.readArchive(archive, mapping)
    }
    if let weights = archive[KerasReader.archivedWeights] {
      return try named(mapping) { () throws(CheckpointError.Rule) in
        try KerasReader.readArchive(archive, weights, mapping)
      }
    }
    if let pickle = archive.entries.first(where: { TorchReader.isPickle($0.name) }) {
      return try named(mapping) { () throws(CheckpointError.Rule) in
        try TorchReader.readArchive(archive, pickle, mapping)
      }
    }
    throw CheckpointError(file: mapping.path, rule: .unknownFormat)
  }

  static func map(_ path: String) throws(CheckpointError) -> MappedFile {
    do {
      return try MappedFile(path: path)
    } catch {
      throw CheckpointError(file: path, rule: error)
    }
  }

  /// Puts the file's name to the rule that it breaks.
  static func named<Result>(
    _ mapping: MappedFile, _ body: () throws(CheckpointError.Rule) -> Result
  ) throws(CheckpointError) -> Result {
    do {
      return try body()
    } catch {
      throw CheckpointError(file: mapping.path, rule: error)
    }
  }

  /// What frameworks call the checkpoint of a model folder, the best first.
  private static let usualNames = [
    "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
    CheckpointState.name, "saved_model/variables/variables.index", "variables/variables.index",
  ]

  private static func openFolder(_ path: String) throws(CheckpointError) -> CheckpointContents {
    let names = candidates(in: path)
    let pair = EncoderDecoderPair(folder: path, names)
    for name in usualNames where isFile("\(path)/\(name)") {
      // TensorFlow's list of checkpoints names what was saved last, which is but one of the two.
      if let pair, name == CheckpointState.name { return try pair.contents() }
      return try open("\(path)/\(name)")
    }
    if let pair { return try pair.contents() }
    guard names.count == 1 else { throw CheckpointError(file: path, rule: .ambiguousFolder(names)) }
    return try open("\(path)/\(names[0])")
  }

  private static let suffixes = [
    ".safetensors", ".keras", ".h5", ".hdf5", ".pt", ".pth", ".bin", ".tar", ".ckpt", ".npz", ".npy", ".gguf",
    BundleReader.indexSuffix,
  ]

  /// What else in a folder looks like a checkpoint by its name, in the order of the alphabet.
  static func candidates(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      if suffixes.contains(where: name.hasSuffix), isFile("\(folder)/\(name)") { names.append(name) }
    }
    return names.sorted()
  }

  static func isFile(_ path: String) -> Bool { FileKind(path: path) == .file }
}
