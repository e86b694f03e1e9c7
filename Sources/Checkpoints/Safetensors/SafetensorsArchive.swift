/// A `.safetensors` file, mapped and fully checked when it is opened.
///
/// Stricter than the reference library where the format's text is: a name or field given twice and a field that the
/// format does not know are errors.
public struct SafetensorsArchive: TensorArchive {
  public let file: String
  public let metadata: [String: String]
  public let tensors: [TensorInfo]
  private let mapping: MappedFile
  /// Where each tensor stands in `tensors`, and its bytes in the file.
  private let places: [String: (index: Int, range: Range<Int>)]

  /// Opens `path` and checks its header; no tensor is read.
  ///
  /// - Throws: `CheckpointError` with the rule that the file breaks.
  public init(path: String) throws(CheckpointError) {
    do {
      mapping = try MappedFile(path: path)
    } catch {
      throw CheckpointError(file: path, rule: error)
    }
    let whole = MappedBytes(file: mapping, range: 0..<mapping.count)
    let header = try whole.withUnsafeBytes { bytes throws(CheckpointError) in
      try SafetensorsHeader(bytes, file: path)
    }
    file = path
    metadata = header.metadata
    tensors = header.entries.map(\.info)
    var places: [String: (index: Int, range: Range<Int>)] = [:]
    for (index, entry) in header.entries.enumerated() {
      let start = header.dataStart + entry.range.lowerBound
      places[entry.info.name] = (index, start..<(start + entry.range.count))
    }
    self.places = places
  }

  public func info(of name: String) throws(CheckpointError) -> TensorInfo {
    tensors[try place(of: name).index]
  }

  public func bytes(of name: String) throws(CheckpointError) -> MappedBytes {
    MappedBytes(file: mapping, range: try place(of: name).range)
  }

  private func place(of name: String) throws(CheckpointError) -> (index: Int, range: Range<Int>) {
    guard let place = places[name] else { throw CheckpointError(file: file, tensor: name, rule: .noSuchTensor) }
    return place
  }
}
