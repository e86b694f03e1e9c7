/// The text file `checkpoint`, in which TensorFlow writes which prefix is the newest: a protocol buffer as text.
enum CheckpointState {
  static let name = "checkpoint"
  private static let field = "model_checkpoint_path"
  static let key = field + ":"
  private static let longest = 1 << 20
  /// No system knows longer paths.
  private static let longestPath = 4096

  /// The newest prefix; one that was absolute where it was written is looked for beside the file as well.
  static func newestPrefix(_ mapping: MappedFile) throws(CheckpointError.Rule) -> String {
    guard mapping.count <= longest else { throw .damaged(.tensorflow, "this is no text that names a prefix") }
    let value = TensorBytes(mapping).withUnsafeBytes { bytes in
      bytes.split(separator: UInt8(ascii: "\n")).lazy.compactMap(Self.value).first
    }
    guard let value, let prefix = value else {
      throw .damaged(.tensorflow, "it names no prefix in a line '\(key)'")
    }
    let folder = mapping.path.folderOfPath
    let isAbsolute = prefix.hasPrefix("/")
    let place = isAbsolute ? prefix : folder + prefix
    if CheckpointOpener.isFile(place + BundleReader.indexSuffix) { return place }
    // Of another machine, maybe one whose paths have backslashes.
    let isElsewhere = isAbsolute || prefix.dropFirst().hasPrefix(":\\")
    let last = prefix.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? ""
    return folder + (isElsewhere ? last : prefix)
  }

  /// What a line gives the field; nil for another field's line, nil within for what is no path.
  private static func value(_ line: Slice<UnsafeRawBufferPointer>) -> String?? {
    let line = line.drop(while: TextLiteral.isSpace)
    guard line.starts(with: field.utf8) else { return nil }
    let rest = line.dropFirst(field.utf8.count).drop(while: TextLiteral.isSpace)
    guard rest.first == UInt8(ascii: ":") else { return nil }
    guard let text = TextLiteral.read(rest.dropFirst()), (1...longestPath).contains(text.utf8.count),
      !text.contains("\0")
    else { return .some(nil) }
    return text
  }
}
