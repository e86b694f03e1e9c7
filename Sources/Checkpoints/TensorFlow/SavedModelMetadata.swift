import JSON

/// What Keras 2 writes beside the variables of a SavedModel since TensorFlow 2.5: `keras_metadata.pb`, a list of the
/// model's objects with their configurations (`saved_metadata.proto` of Keras).
enum SavedModelMetadata {
  private static let name = "keras_metadata.pb"
  private static let variables = "variables/"

  /// What a SavedModel says of the model whose variables an index lists; nothing for other checkpoints.
  static func beside(index: String) throws(CheckpointError) -> [String: String] {
    let folder = index.folderOfPath
    guard folder == variables || folder.hasSuffix("/" + variables) else { return [:] }
    let path = String(folder.dropLast(variables.count)) + name
    guard CheckpointOpener.isFile(path) else { return [:] }
    let mapping = try CheckpointOpener.map(path)
    return try CheckpointOpener.named(mapping) { () throws(CheckpointError.Rule) in
      try TensorBytes(mapping).withUnsafeBytes { bytes throws(CheckpointError.Rule) in try read(bytes) }
    }
  }

  /// Of the root object: its configuration, and the version of Keras that wrote it, under the names that `.keras` archives
  /// give them.
  private static func read(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError.Rule) -> [String: String] {
    var list = ProtocolBuffer(bytes, "Keras' metadata")
    while let (field, value) = try list.next() {
      guard field == 1, let node = value.message else { continue }
      var object = ProtocolBuffer(node, "Keras' metadata")
      var (path, text) = ("", "")
      while let (field, value) = try object.next() {
        if field == 3 { path = value.text ?? "" }
        if field == 5 { text = value.text ?? "" }
      }
      guard path == "root", let root = Array(text.utf8).withUnsafeBytes({ try? JSONReader.read($0) }) else { continue }
      var metadata = ["config": String(decoding: JSONWriter.write(plain(root), style: .compact), as: UTF8.self)]
      metadata["keras_version"] = KerasReader.strings(root).first { $0.key == "keras_version" }?.value
      return metadata
    }
    return [:]
  }

  /// Tuples as lists, which is how every other file of Keras has them.
  private static func plain(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array(let items): return .array(items.map(plain))
    case .object(let members):
      if members.count == 2, case .string("__tuple__") = members[0].value, case .array(let items) = members[1].value {
        return .array(items.map(plain))
      }
      return .object(members.map { ($0.key, plain($0.value)) })
    default: return value
    }
  }
}
