/// The text file `checkpoint`, in which TensorFlow writes which prefix is the newest.
enum CheckpointState {
  static let name = "checkpoint"
  static let key = "model_checkpoint_path:"
  private static let longest = 1 << 20
  /// No system knows longer paths.
  private static let longestPath = 4096

  /// The newest prefix; one that was absolute where it was written is looked for beside the file as well.
  static func newestPrefix(_ mapping: MappedFile) throws(CheckpointError.Rule) -> String {
    guard mapping.count <= longest,
      let text = TensorBytes(mapping).withUnsafeBytes({ String(validating: $0, as: UTF8.self) })
    else { throw .damaged(.tensorflow, "this is no text that names a prefix") }
    for line in text.split(separator: "\n") where line.hasPrefix(key) {
      let value = line.dropFirst(key.count).drop { $0 == " " }
      guard value.utf8.count > 2, value.utf8.count <= longestPath, value.first == "\"", value.last == "\"",
        !value.contains("\0")
      else { break }
      var prefix = String(value.dropFirst().dropLast())
      let folder = mapping.path.lastIndex(of: "/").map { String(mapping.path[...$0]) } ?? ""
      if prefix.hasPrefix("/") {
        if CheckpointOpener.isFile(prefix + BundleReader.indexSuffix) { return prefix }
        prefix = prefix.split(separator: "/").last.map(String.init) ?? ""
      }
      return folder + prefix
    }
    throw .damaged(.tensorflow, "it names no prefix in a line '\(key)'")
  }
}
