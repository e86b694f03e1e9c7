/// One array in a `.npy` file, or several in an `.npz` archive, under the names that they were saved with.
enum NumPyReader {
  static let suffix = ".npy"

  static func readArray(_ mapping: MappedFile) throws(CheckpointError.Rule) -> CheckpointContents {
    let whole = TensorBytes(mapping)
    let header = try whole.withUnsafeBytes { bytes throws(CheckpointError.Rule) in try ArrayHeader(bytes) }
    let entry = try header.entry("", in: StoredSource(stored: whole), available: mapping.count)
    return CheckpointContents(format: .numpy, entries: [entry], storedBytes: mapping.count)
  }

  static func readArchive(_ archive: ZipArchive, _ mapping: MappedFile) throws(CheckpointError) -> CheckpointContents {
    var contents = CheckpointContents(format: .numpy, storedBytes: mapping.count)
    for member in archive.entries where member.name.hasSuffix(suffix) {
      let name = String(member.name.dropLast(suffix.count))
      do throws(CheckpointError.Rule) {
        let start = try member.prefix()
        let header = try start.withUnsafeBytes { bytes throws(CheckpointError.Rule) in try ArrayHeader(bytes) }
        contents.entries.append(try header.entry(name, in: member, available: member.byteCount))
      } catch {
        throw CheckpointError(file: mapping.path, tensor: name, rule: error)
      }
    }
    return contents
  }
}
