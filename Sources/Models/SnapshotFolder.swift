import Foundation

/// Parameters that a training run has left on disk, and the run folder whose `config.json` and tokenizers fit them.
///
/// A run folder holds `snapshots/step-…-epoch-…/state.safetensors`, whose tensors are the parameters (`parameters.`), the
/// optimizer's moments and, where the recipe asks for one, the running average (`average.`), and `epochs/epoch-….safetensors`
/// with the parameters alone.
struct SnapshotFolder {
  /// The run, which describes the model.
  let run: URL
  /// The file with the parameters.
  let weights: URL
  /// How a person tells it from the run's others.
  let name: String

  static let stateFile = "state.safetensors"

  /// The snapshot at a path: a snapshot's folder, an epoch's file, or a run, of which it is the last snapshot; nil where
  /// there is none of these.
  init?(path: String) {
    let url = URL(fileURLWithPath: path).standardizedFileURL
    let files = FileManager.default
    if files.fileExists(atPath: url.appendingPathComponent(Self.stateFile).path) {
      self.init(state: url)
    } else if url.pathExtension == "safetensors", url.deletingLastPathComponent().lastPathComponent == "epochs" {
      let run = url.deletingLastPathComponent().deletingLastPathComponent()
      self.init(run: run, weights: url, of: url.deletingPathExtension().lastPathComponent)
    } else {
      let folder = url.appendingPathComponent("snapshots", isDirectory: true)
      let names = (try? files.contentsOfDirectory(atPath: folder.path)) ?? []
      guard !files.fileExists(atPath: url.appendingPathComponent("model.safetensors").path),
        let last = names.filter({ $0.hasPrefix("step-") }).max()
      else { return nil }
      self.init(state: folder.appendingPathComponent(last, isDirectory: true))
    }
  }

  private init(state folder: URL) {
    self.init(
      run: folder.deletingLastPathComponent().deletingLastPathComponent(),
      weights: folder.appendingPathComponent(Self.stateFile), of: folder.lastPathComponent)
  }

  private init(run: URL, weights: URL, of moment: String) {
    (self.run, self.weights) = (run, weights)
    name = run.lastPathComponent + Self.words(moment)
  }

  /// `step-000000120-epoch-000000003` as ` step 120 epoch 3`.
  private static func words(_ name: String) -> String {
    name.split(separator: "-").map { part in " " + (Int(part).map(String.init) ?? String(part)) }.joined()
  }
}
