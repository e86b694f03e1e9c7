import Checkpoints
import Foundation
import Tensors

/// One fixture of `Tests/Reference`: parameters, inputs, and what another program computed from them.
public struct GoldenCase {
  public let name: String
  private let archive: SafetensorsArchive

  /// Opens `<name>.safetensors` in the test target's fixtures.
  public init(_ name: String, in bundle: Bundle) throws {
    guard let url = bundle.url(forResource: "Fixtures/\(name)", withExtension: "safetensors") else {
      throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: name])
    }
    self.name = name
    archive = try SafetensorsArchive(path: url.path)
  }

  /// Every float tensor whose name begins with `prefix`, without it.
  public func tensors(_ prefix: String) throws -> [String: Tensor] {
    var found: [String: Tensor] = [:]
    for info in archive.tensors where info.name.hasPrefix(prefix) && info.type == .float32 {
      found[String(info.name.dropFirst(prefix.count))] = try archive.tensor(named: info.name)
    }
    return found
  }

  public func tensor(_ name: String) throws -> Tensor { try archive.tensor(named: name) }

  /// A matrix that stays in the file.
  public func matrix(_ name: String, rows: Int, columns: Int) throws -> StoredMatrix {
    try archive.matrix(named: name, shape: [rows, columns])
  }

  /// The whole numbers of `name`, row by row; a vector is one row.
  public func integers(_ name: String) throws -> [[Int]] {
    let info = try archive.info(of: name)
    guard info.type == .int32, let width = info.shape.last else {
      throw CheckpointError(file: archive.file, tensor: name, rule: .badShape)
    }
    let flat = try archive.bytes(of: name).withUnsafeBytes { bytes in
      (0..<info.byteCount / 4).map { Int(bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self)) }
    }
    return stride(from: 0, to: flat.count, by: width).map { Array(flat[$0..<($0 + width)]) }
  }

  /// What the script built, from the fixture's metadata.
  public func options<Options: Decodable>(_ type: Options.Type) throws -> Options {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(GoldenMetadata<Options>.self, from: Data((archive.metadata["heed"] ?? "").utf8)).options
  }
}

private struct GoldenMetadata<Options: Decodable>: Decodable {
  var options: Options
}

/// The greatest absolute difference; infinite where the shapes differ or either side is not a number.
public func greatestDifference(_ a: Tensor, _ b: Tensor) -> Float {
  guard a.shape == b.shape else { return .infinity }
  return zip(a.elements, b.elements).reduce(0) { greatest, pair in
    let difference = abs(pair.0 - pair.1)
    return difference.isNaN ? .infinity : max(greatest, difference)
  }
}

/// The greatest difference as a share of the reference's greatest element.
///
/// A reference that is all rounding, such as the derivative of a bias that the softmax cancels, is measured against
/// `floor` instead.
public func relativeDifference(_ a: Tensor, _ reference: Tensor, floor: Float = 1e-2) -> Float {
  greatestDifference(a, reference) / max(floor, reference.elements.reduce(0) { max($0, abs($1)) })
}
