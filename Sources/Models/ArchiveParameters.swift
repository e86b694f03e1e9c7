import Autograd
import Checkpoints
import Layers
import Tensors

/// Parameters of a checkpoint that knows what was asked for.
protocol CheckedParameters: ParameterSource {
  /// - Throws: `ModelError` if the checkpoint holds a parameter that nothing asked for.
  func requireAllUsed() throws
}

/// Parameters that stay in a checkpoint: matrices are read where they lie in the mapped file, small tensors widened.
public struct ArchiveParameters: CheckedParameters {
  private let archive: any TensorArchive
  /// From our names to the checkpoint's.
  private let names: [String: String]
  /// Stands before the names of all parameters in the checkpoint; tensors without it are none of the model's.
  private let prefix: String
  private var used: Set<String> = []

  /// - Parameters:
  ///   - names: what the checkpoint calls a parameter, where that differs from ours.
  ///   - prefix: stands before every parameter's name in a checkpoint that holds other tensors too.
  public init(_ archive: any TensorArchive, names: [String: String] = [:], prefix: String = "") {
    self.archive = archive
    self.names = names
    self.prefix = prefix
  }

  private func stored(_ name: String) -> String { prefix + (names[name] ?? name) }

  public mutating func weight(_ name: String, _ rows: Int, _ columns: Int, _ start: Initializer) throws -> Weight {
    try check(name, [rows, columns])
    return .stored(try archive.matrix(named: stored(name)))
  }

  public mutating func tensor(_ name: String, _ shape: Shape, _ start: Initializer) throws -> Variable {
    try check(name, shape)
    return Variable(try archive.tensor(named: stored(name)))
  }

  private mutating func check(_ name: String, _ shape: Shape) throws {
    let stored = stored(name)
    guard let info = try? archive.info(of: stored) else {
      throw ModelError("\(archive.file): parameter '\(stored)' is missing; the file does not fit its config.json")
    }
    guard info.shape == shape.dimensions else {
      throw ModelError(
        "\(archive.file): parameter '\(stored)' has shape \(info.shape), config.json asks for \(shape.dimensions)")
    }
    used.insert(stored)
  }

  /// - Throws: `ModelError` if the checkpoint holds a parameter that nothing asked for.
  public func requireAllUsed() throws {
    if let unused = archive.tensors.first(where: { $0.name.hasPrefix(prefix) && !used.contains($0.name) }) {
      throw ModelError("\(archive.file): parameter '\(unused.name)' has no place in the model of config.json")
    }
  }
}
