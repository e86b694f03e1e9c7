/// Encoder and decoder in files of their own, read as one checkpoint: `encoder.weights.h5` and `decoder.weights.h5`,
/// `encoder.pt` and `decoder.pt`, the TensorFlow prefixes `encoder` and `decoder`, or whatever else has these words in
/// its name.
public struct EncoderDecoderPair: Sendable, Equatable {
  /// Paths.
  public let encoder: String
  public let decoder: String

  /// Nil if the path is neither a folder with exactly one of each nor one of the two files with the other beside it.
  public init?(path: String) {
    if FileKind(path: path) == .folder {
      self.init(folder: path, CheckpointOpener.candidates(in: path))
      return
    }
    let index = path + BundleReader.indexSuffix
    let file = !CheckpointOpener.isFile(path) && CheckpointOpener.isFile(index) ? index : path
    let folder = file.folderOfPath
    let given = String(file.dropFirst(folder.count))
    let (encoders, decoders) = Self.sides(CheckpointOpener.candidates(in: folder.isEmpty ? "." : folder))
    if encoders.contains(given), let other = Self.partner(of: given, in: decoders) {
      self.init(encoder: file, decoder: folder + other)
    } else if decoders.contains(given), let other = Self.partner(of: given, in: encoders) {
      self.init(encoder: folder + other, decoder: file)
    } else {
      return nil
    }
  }

  private init(encoder: String, decoder: String) {
    self.encoder = encoder
    self.decoder = decoder
  }

  /// - Parameter names: the checkpoints in the folder.
  init?(folder: String, _ names: [String]) {
    let (encoders, decoders) = Self.sides(names)
    guard encoders.count == 1, decoders.count == 1, encoders != decoders else { return nil }
    let start = folder.hasSuffix("/") ? folder : folder + "/"
    self.init(encoder: start + encoders[0], decoder: start + decoders[0])
  }

  /// Names one of whose words says which side it is; `attn_decoder1.pt` says decoder.
  private static func sides(_ names: [String]) -> (encoders: [String], decoders: [String]) {
    func saying(_ words: [String]) -> [String] {
      names.filter { $0.lowercased().split { !$0.isLetter }.contains { words.contains(String($0)) } }
    }
    return (saying(["encoder", "enc"]), saying(["decoder", "dec"]))
  }

  /// The only one of the other kind, or among several the one that differs by that word alone.
  private static func partner(of name: String, in others: [String]) -> String? {
    if others.count == 1, others[0] != name { return others[0] }
    let wanted = [name.replacing("encoder", with: "decoder"), name.replacing("decoder", with: "encoder")]
    return others.first { $0 != name && wanted.contains($0) }
  }

  /// Both files' tensors, their names behind `encoder` and `decoder`.
  func contents() throws(CheckpointError) -> CheckpointContents {
    let parts = [
      (prefix: "encoder", contents: try CheckpointOpener.open(encoder)),
      (prefix: "decoder", contents: try CheckpointOpener.open(decoder)),
    ]
    let bytes = parts.reduce(0) { $0 + $1.contents.storedBytes }
    var joined = CheckpointContents(format: parts[0].contents.format, storedBytes: bytes)
    for (prefix, contents) in parts {
      for var entry in contents.entries {
        let name = entry.info.name
        entry.info.name = prefix + (name.contains("/") || !name.contains(".") ? "/" : ".") + name
        joined.entries.append(entry)
      }
      joined.metadata.merge(contents.metadata) { $1 }
    }
    return joined
  }
}

extension Checkpoint {
  /// Opens both files of a pair as one.
  ///
  /// - Parameter file: stands for both in errors.
  /// - Throws: `CheckpointError` of either.
  public init(_ pair: EncoderDecoderPair, file: String) throws(CheckpointError) {
    try self.init(file: file, pair.contents())
  }
}
