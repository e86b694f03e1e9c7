import Checkpoints

/// Several files as one: the names of each get its prefix, `encoder/…` and `decoder/…`.
struct JoinedArchive: TensorArchive {
  let file: String
  let tensors: [TensorInfo]
  let metadata: [String: String]
  private let parts: [Checkpoint]
  /// From a name to its part and its name there.
  private let places: [String: (part: Int, name: String)]

  /// - Parameter file: stands for all of them in errors.
  init(file: String, _ named: [(prefix: String, checkpoint: Checkpoint)]) {
    self.file = file
    parts = named.map(\.checkpoint)
    var tensors: [TensorInfo] = []
    var places: [String: (part: Int, name: String)] = [:]
    var metadata: [String: String] = [:]
    for (number, (prefix, checkpoint)) in named.enumerated() {
      for var tensor in checkpoint.tensors {
        let name = tensor.name
        tensor.name = prefix + (name.contains("/") || !name.contains(".") ? "/" : ".") + name
        places[tensor.name] = (number, name)
        tensors.append(tensor)
      }
      for (key, value) in checkpoint.metadata { metadata[key] = value }
    }
    self.tensors = tensors
    self.places = places
    self.metadata = metadata
  }

  var format: CheckpointFormat { parts.first?.format ?? .pytorch }

  func info(of name: String) throws(CheckpointError) -> TensorInfo {
    let (part, inner) = try place(of: name)
    var info = try parts[part].info(of: inner)
    info.name = name
    return info
  }

  func bytes(of name: String) throws(CheckpointError) -> TensorBytes {
    let (part, inner) = try place(of: name)
    return try parts[part].bytes(of: inner)
  }

  func forEachPiece(
    of name: String, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(CheckpointError) {
    let (part, inner) = try place(of: name)
    try parts[part].forEachPiece(of: inner, body)
  }

  private func place(of name: String) throws(CheckpointError) -> (part: Int, name: String) {
    guard let place = places[name] else { throw CheckpointError(file: file, tensor: name, rule: .noSuchTensor) }
    return place
  }
}
