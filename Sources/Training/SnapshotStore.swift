import Checkpoints
import Foundation
import Layers
import Tensors

/// The snapshots of a run: folders `step-…-epoch-…` that hold a whole `TrainingState` each.
///
/// A snapshot is written into a folder of another name and renamed when it is complete, so that a run killed at any moment
/// leaves the last one usable.
public struct SnapshotStore: Sendable {
  /// `RUN/snapshots`.
  public let folder: URL
  public let kept: Int

  private static let tensorFile = "state.safetensors"
  private static let progressFile = "progress.json"

  public init(run: String, kept: Int) {
    folder = URL(fileURLWithPath: run, isDirectory: true).appendingPathComponent("snapshots", isDirectory: true)
    self.kept = kept
  }

  /// Complete snapshots, oldest first.
  public func list() -> [URL] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasPrefix("step-") }.sorted().map { folder.appendingPathComponent($0, isDirectory: true) }
  }

  /// Removes everything that an earlier run left.
  public func removeAll() throws {
    guard FileManager.default.fileExists(atPath: folder.path) else { return }
    try named(folder.path, "removed") { try FileManager.default.removeItem(at: folder) }
  }

  /// Writes a snapshot and drops those that are older than the recipe keeps.
  ///
  /// - Returns: its folder.
  @discardableResult
  public func save(_ state: TrainingState) throws -> URL {
    let progress = state.progress
    let name = "step-\(Self.padded(progress.step))-epoch-\(Self.padded(progress.epoch))"
    let final = folder.appendingPathComponent(name, isDirectory: true)
    // A state follows from its step and epoch, so a snapshot of that name holds the same numbers.
    if FileManager.default.fileExists(atPath: final.path) { return final }
    let partial = folder.appendingPathComponent(".partial", isDirectory: true)
    try? FileManager.default.removeItem(at: partial)
    try makeFolder(partial)
    do {
      try state.write(tensors: partial.appendingPathComponent(Self.tensorFile).path)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try AtomicFile.write(encoder.encode(progress), to: partial.appendingPathComponent(Self.progressFile).path)
    } catch let error as CheckpointError {
      throw error.naming(final.path, for: partial.path)
    }
    try named(final.path, "written") { try FileManager.default.moveItem(at: partial, to: final) }
    for old in list().dropLast(kept) {
      try named(old.path, "removed") { try FileManager.default.removeItem(at: old) }
    }
    return final
  }

  /// The state of the latest snapshot, nil if there is none.
  ///
  /// - Parameter initial: a state of the same model and fingerprint, for the names and shapes that must be there.
  /// - Throws: `TrainingError` that names a snapshot which cannot be read, or which another recipe made.
  public func latest(like initial: TrainingState) throws -> TrainingState? {
    guard let snapshot = list().last else { return nil }
    var state = initial
    do {
      let bytes = try Data(contentsOf: snapshot.appendingPathComponent(Self.progressFile))
      state.progress = try JSONDecoder().decode(TrainingProgress.self, from: bytes)
    } catch {
      throw TrainingError("\(snapshot.path): \(Self.progressFile) cannot be read; \(Self.wayOut)")
    }
    guard state.progress.fingerprint == initial.progress.fingerprint else {
      throw TrainingError(
        "\(snapshot.path): was made with other data, tokenizers, model or training settings; "
          + "put the recipe back, or begin anew with --restart")
    }
    do {
      try state.read(tensors: snapshot.appendingPathComponent(Self.tensorFile).path)
    } catch {
      throw TrainingError("\(error); \(Self.wayOut)")
    }
    return state
  }

  private static let wayOut = "remove this snapshot's folder to resume from the one before it"

  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 9 - digits.count)) + digits
  }
}

extension TrainingState {
  fileprivate func write(tensors path: String) throws {
    var writer = SafetensorsWriter()
    func add(_ set: ParameterSet, prefix: String) throws {
      for name in set.names {
        guard let tensor = set[name] else { continue }
        try writer.add(prefix + name, tensor)
      }
    }
    try add(parameters, prefix: "parameters.")
    try add(optimizer.first, prefix: "first_moment.")
    try add(optimizer.second, prefix: "second_moment.")
    if let average { try add(average, prefix: "average.") }
    try writer.write(to: path)
  }

  fileprivate mutating func read(tensors path: String) throws {
    let archive = try SafetensorsArchive(path: path)
    func read(_ prefix: String) throws -> ParameterSet {
      var result = ParameterSet()
      for name in parameters.names {
        result[name] = try archive.tensor(named: prefix + name, shape: parameters[name]?.shape.dimensions)
      }
      return result
    }
    parameters = try read("parameters.")
    optimizer = Adam(
      options: optimizer.options, step: progress.step, first: try read("first_moment."),
      second: try read("second_moment."))
    if average != nil { average = try read("average.") }
  }
}
