import Checkpoints
import Foundation

/// Encoder and decoder in files of their own: `encoder.weights.h5` and `decoder.weights.h5`, `encoder.pt` and
/// `decoder.pt`, or whatever else begins or ends with these words.
struct SeparateFiles {
  var encoder: String
  var decoder: String

  private static let suffixes = [
    ".h5", ".hdf5", ".keras", ".pt", ".pth", ".bin", ".tar", ".ckpt", ".safetensors", ".npz",
  ]

  /// Nil if the place is neither a folder with exactly one of each nor one of the two files with the other beside it.
  init?(_ place: OpeningPlace) {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: place.folder.path)) ?? []).filter { name in
      Self.suffixes.contains { name.hasSuffix($0) }
    }
    let encoders = names.filter { Self.says($0, ["encoder", "enc"]) }
    let decoders = names.filter { Self.says($0, ["decoder", "dec"]) }
    let given = URL(fileURLWithPath: place.path).lastPathComponent
    func file(_ name: String) -> String { place.file(name) }
    if place.isFolder {
      guard encoders.count == 1, decoders.count == 1, encoders != decoders else { return nil }
      (encoder, decoder) = (file(encoders[0]), file(decoders[0]))
    } else if encoders.contains(given), let other = Self.partner(of: given, in: decoders) {
      (encoder, decoder) = (place.path, file(other))
    } else if decoders.contains(given), let other = Self.partner(of: given, in: encoders) {
      (encoder, decoder) = (file(other), place.path)
    } else {
      return nil
    }
  }

  /// Whether one of a name's words is one of these; `attn_decoder1.pt` says decoder.
  private static func says(_ name: String, _ words: [String]) -> Bool {
    name.lowercased().split { !$0.isLetter }.contains { words.contains(String($0)) }
  }

  /// The only one of the other kind, or among several the one that differs by that word alone.
  private static func partner(of name: String, in others: [String]) -> String? {
    if others.count == 1, others[0] != name { return others[0] }
    let wanted = [
      name.replacingOccurrences(of: "encoder", with: "decoder"),
      name.replacingOccurrences(of: "decoder", with: "encoder"),
    ]
    return others.first { $0 != name && wanted.contains($0) }
  }

  func opened(file: String) throws -> JoinedArchive {
    JoinedArchive(
      file: file, [("encoder", try Checkpoint(path: encoder)), ("decoder", try Checkpoint(path: decoder))])
  }
}
