import Checkpoints
import Foundation
import JSON

/// A path that a person gave to be opened, looked at once: what kind of thing it is and what its `config.json` says.
struct OpeningPlace {
  /// As given.
  let path: String
  let isFolder: Bool
  /// The folder itself, or the one that the file lies in.
  let folder: URL
  /// `config.json` of the folder; of a file's folder only where the file is the folder's model.
  let config: Data?
  /// `model_type` of `config.json`.
  let modelType: String?

  /// Files that stand for the folder that they lie in.
  private static let names = [
    "config.json", "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin",
    "pytorch_model.bin.index.json",
  ]

  init(_ path: String) {
    self.path = path
    let kind = FileKind(path: path)
    isFolder = kind == .folder
    let url = URL(fileURLWithPath: path, isDirectory: isFolder)
    folder = isFolder ? Self.module(of: url) ?? url : url.deletingLastPathComponent()
    let standsForFolder = isFolder || (kind != nil && Self.names.contains(url.lastPathComponent))
    let config = folder.appendingPathComponent("config.json").path
    self.config = standsForFolder ? FileManager.default.contents(atPath: config) : nil
    let members = self.config.flatMap { try? ForeignConfiguration.members($0) }
    modelType = members?["model_type"]?.text
  }

  /// Where a folder of sentence-transformers keeps its encoder, if not beside its `modules.json`: in `0_Transformer` or
  /// the like.
  private static func module(of folder: URL) -> URL? {
    func contents(_ name: String) -> Data? {
      FileManager.default.contents(atPath: folder.appendingPathComponent(name).path)
    }
    guard contents("config.json") == nil, let data = contents("modules.json"),
      let modules = try? data.withUnsafeBytes({ try JSONReader.read($0) }).items
    else { return nil }
    let name = modules.compactMap { $0["path"]?.text }.first { name in
      // No path that leads elsewhere; other modules, such as the pooling's, are of no type.
      guard !name.isEmpty, !name.contains("/"), name != "..", let config = contents(name + "/config.json") else {
        return false
      }
      return (try? ForeignConfiguration.members(config))?["model_type"] != nil
    }
    return name.map { folder.appendingPathComponent($0, isDirectory: true) }
  }

  /// The path of one of the folder's files.
  func file(_ name: String) -> String { folder.appendingPathComponent(name).path }

  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

  /// What to hand to `Checkpoint`: the folder for a file that stands for it.
  var checkpoint: String { modelType == nil ? path : folder.path }
}
