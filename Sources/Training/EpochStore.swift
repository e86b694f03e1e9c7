import Checkpoints
import Foundation
import Layers
import Tensors

/// The parameters after each of the last epochs, for the mean of them that may ship: `RUN/epochs`.
///
/// They lie on disk and are read tensor by tensor, so that the mean takes the memory of one model however many there are.
public struct EpochStore: Sendable {
  public let folder: URL
  /// How many epochs the mean is taken over.
  public let count: Int

  public init(run: String, count: Int) {
    folder = URL(fileURLWithPath: run, isDirectory: true).appendingPathComponent("epochs", isDirectory: true)
    self.count = count
  }

  /// Writes the parameters after an epoch, counted from 1, and drops those that no mean will need.
  ///
  /// To be called before the snapshot of that epoch: then whatever snapshot a run resumes from, these are there.
  func save(_ parameters: ParameterSet, epoch: Int) throws {
    try makeFolder(folder)
    var writer = SafetensorsWriter()
    for name in parameters.names {
      guard let tensor = parameters[name] else { continue }
      try writer.add(name, tensor)
    }
    try writer.write(to: path(epoch))
    let kept = Set(window(upTo: epoch).map { path($0) })
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
      let old = folder.appendingPathComponent(name).path
      if name.hasPrefix("epoch-") && !kept.contains(old) {
        try named(old, "removed") { try FileManager.default.removeItem(atPath: old) }
      }
    }
  }

  /// The mean of the parameters after the last epochs up to `epoch`, fewer where there were not so many.
  ///
  /// - Parameter shapes: parameters of the same model.
  func mean(upTo epoch: Int, like shapes: ParameterSet) throws -> ParameterSet {
    let archives = try window(upTo: epoch).map { try SafetensorsArchive(path: path($0)) }
    var mean = ParameterSet()
    for name in shapes.names {
      guard let shape = shapes[name]?.shape else { continue }
      var sum = Tensor.zeros(shape)
      for archive in archives {
        sum.add(try archive.tensor(named: name, shape: shape.dimensions), scaledBy: 1 / Float(archives.count))
      }
      mean[name] = sum
    }
    return mean
  }

  func removeAll() throws {
    guard FileManager.default.fileExists(atPath: folder.path) else { return }
    try named(folder.path, "removed") { try FileManager.default.removeItem(at: folder) }
  }

  private func window(upTo epoch: Int) -> ClosedRange<Int> { max(1, epoch - count + 1)...max(1, epoch) }

  private func path(_ epoch: Int) -> String {
    let digits = String(epoch)
    let padding = String(repeating: "0", count: max(0, 9 - digits.count))
    return folder.appendingPathComponent("epoch-\(padding)\(digits).safetensors").path
  }
}
