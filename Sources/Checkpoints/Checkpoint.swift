/// What a format's reader finds in a file.
struct CheckpointContents {
  var format: CheckpointFormat
  var metadata: [String: String] = [:]
  var entries: [Entry] = []
  /// Of all files together.
  var storedBytes: Int

  struct Entry {
    var info: TensorInfo
    var source: any TensorSource
  }
}

/// A checkpoint of any format, whatever its file is called.
public struct Checkpoint: TensorArchive {
  /// Tensors together may claim this many times the bytes of the file, or `smallExpansion` bytes if that is more:
  /// weights hardly shrink when packed, and nobody repeats them often, so more is a bomb.
  static let expansion = 200
  static let smallExpansion = 64 << 20

  /// Bytes that a file of so many may claim.
  static func limit(stored: Int) -> Int {
    let (product, overflow) = stored.multipliedReportingOverflow(by: expansion)
    return overflow ? .max : max(smallExpansion, product)
  }

  public let file: String
  public let format: CheckpointFormat
  public let metadata: [String: String]
  public let tensors: [TensorInfo]
  private let sources: [any TensorSource]
  private let places: [String: Int]

  /// Opens a file, a folder that holds one checkpoint, or the prefix of a TensorFlow checkpoint; no tensor is read.
  ///
  /// - Throws: `CheckpointError` with the rule that the file breaks, or `unknownFormat`.
  public init(path: String) throws(CheckpointError) {
    try self.init(file: path, try CheckpointOpener.open(path))
  }

  /// Whether a file begins as CTranslate2's do and no other format does; nothing further is read.
  public static func beginsAsCTranslate2(path: String) -> Bool {
    guard let mapping = try? MappedFile(path: path) else { return false }
    return CTranslate2Reader.begins(TensorBytes(mapping).withUnsafeBytes { Array($0.prefix(16)) })
  }

  init(file: String, _ contents: CheckpointContents) throws(CheckpointError) {
    self.file = file
    format = contents.format
    metadata = contents.metadata
    var (tensors, sources): ([TensorInfo], [any TensorSource]) = ([], [])
    tensors.reserveCapacity(contents.entries.count)
    sources.reserveCapacity(contents.entries.count)
    var places = [String: Int](minimumCapacity: contents.entries.count)
    var claimed = 0
    let limit = Self.limit(stored: contents.storedBytes)
    for entry in contents.entries {
      let tensor = entry.info
      guard places.updateValue(tensors.count, forKey: tensor.name) == nil else {
        throw CheckpointError(file: file, tensor: tensor.name, rule: .repeatedName)
      }
      let (sum, overflow) = claimed.addingReportingOverflow(tensor.byteCount)
      guard !overflow, sum <= limit else {
        throw CheckpointError(file: file, tensor: tensor.name, rule: .expands(stored: contents.storedBytes))
      }
      claimed = sum
      tensors.append(tensor)
      sources.append(entry.source)
    }
    self.tensors = tensors
    self.sources = sources
    self.places = places
  }

  public func info(of name: String) throws(CheckpointError) -> TensorInfo { tensors[try place(of: name)] }

  public func bytes(of name: String) throws(CheckpointError) -> TensorBytes {
    let place = try place(of: name)
    do {
      return try sources[place].bytes()
    } catch {
      throw CheckpointError(file: file, tensor: name, rule: error)
    }
  }

  public func forEachPiece(
    of name: String, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(CheckpointError) {
    let place = try place(of: name)
    do {
      try sources[place].forEachPiece(body)
    } catch {
      throw CheckpointError(file: file, tensor: name, rule: error)
    }
  }

  private func place(of name: String) throws(CheckpointError) -> Int {
    guard let place = places[name] else { throw CheckpointError(file: file, tensor: name, rule: .noSuchTensor) }
    return place
  }
}
