/// A `.safetensors` file, mapped and fully checked when it is opened.
///
/// Stricter than the reference library where the format's text is: a name or field given twice and a field that the
/// format does not know are errors.
public struct SafetensorsArchive: TensorArchive {
  public let file: String
  public let metadata: [String: String]
  public let tensors: [TensorInfo]
  public var format: CheckpointFormat { .safetensors }
  private let mapping: MappedFile
  /// Where each tensor stands in `tensors`, and its bytes in the file.
  private let places: [String: (index: Int, range: Range<Int>)]

  /// Opens `path` and checks its header; no tensor is read.
  ///
  /// - Throws: `CheckpointError` with the rule that the file breaks.
  public init(path: String) throws(CheckpointError) {
    try self.init(try CheckpointOpener.map(path))
  }

  init(_ mapping: MappedFile) throws(CheckpointError) {
    self.mapping = mapping
    let header = try Self.header(mapping)
    file = mapping.path
    metadata = header.metadata
    tensors = header.entries.map(\.info)
    var places = [String: (index: Int, range: Range<Int>)](minimumCapacity: header.entries.count)
    for (index, entry) in header.entries.enumerated() {
      places[entry.info.name] = (index, header.place(of: entry))
    }
    self.places = places
  }

  public func info(of name: String) throws(CheckpointError) -> TensorInfo {
    tensors[try place(of: name).index]
  }

  public func bytes(of name: String) throws(CheckpointError) -> TensorBytes {
    TensorBytes(mapping, range: try place(of: name).range)
  }

  public func forEachPiece(
    of name: String, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(CheckpointError) {
    try bytes(of: name).forEachPiece(body)
  }

  private static func header(_ mapping: MappedFile) throws(CheckpointError) -> SafetensorsHeader {
    let path = mapping.path
    return try TensorBytes(mapping).withUnsafeBytes { bytes throws(CheckpointError) in
      try SafetensorsHeader(bytes, file: path)
    }
  }

  /// The same as one of several formats.
  static func contents(_ mapping: MappedFile) throws(CheckpointError) -> CheckpointContents {
    let header = try header(mapping)
    return CheckpointContents(
      format: .safetensors, metadata: header.metadata,
      entries: header.entries.map { entry in
        let bytes = TensorBytes(mapping, range: header.place(of: entry))
        return CheckpointContents.Entry(info: entry.info, source: StoredSource(stored: bytes))
      }, storedBytes: mapping.count)
  }

  private func place(of name: String) throws(CheckpointError) -> (index: Int, range: Range<Int>) {
    guard let place = places[name] else { throw CheckpointError(file: file, tensor: name, rule: .noSuchTensor) }
    return place
  }
}
