import Foundation
import Testing

@testable import Checkpoints

/// The checkpoints of one format that `Tests/Reference/checkpoints.py` wrote, and what the frameworks read from them.
struct ReferenceFiles {
  private struct Expected: Decodable {
    var type: String
    var shape: [Int]
    var label: String?
    /// Missing where single numbers cannot be read.
    var numbers: [Number]?
  }

  /// JSON has no infinity and no not-a-number; they stand as Python's words for them.
  private struct Number: Decodable {
    var value: Double

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        value = number
      } else {
        value = Double(try container.decode(String.self)) ?? 0
      }
    }
  }

  let folder: String

  init(_ name: String) throws { folder = try fixture(name) }

  /// Compares every file that `expected.json` names, tensor by tensor.
  func compareAll(location: SourceLocation = #_sourceLocation) throws {
    let json = try Data(contentsOf: URL(filePath: folder + "/expected.json"))
    let files = try JSONDecoder().decode([String: [String: Expected]].self, from: json)
    #expect(!files.isEmpty, sourceLocation: location)
    for (file, expected) in files {
      let checkpoint = try Checkpoint(path: "\(folder)/\(file)")
      #expect(Set(checkpoint.tensors.map(\.name)) == Set(expected.keys), "\(file)", sourceLocation: location)
      for tensor in checkpoint.tensors {
        guard let expected = expected[tensor.name] else { continue }
        let place: Comment = "\(file): \(tensor.name)"
        #expect(tensor.type.name == expected.type, place, sourceLocation: location)
        #expect(tensor.shape == expected.shape, place, sourceLocation: location)
        #expect(tensor.label == expected.label, place, sourceLocation: location)
        #expect(try checkpoint.bytes(of: tensor.name).count == tensor.byteCount, place, sourceLocation: location)
        guard let numbers = expected.numbers else { continue }
        let found = try checkpoint.numbers(of: tensor.name)
        // By bits, for not-a-number and the sign of zero.
        #expect(
          found.map { $0.isNaN ? "nan" : "\($0)" } == numbers.map { $0.value.isNaN ? "nan" : "\($0.value)" }, place,
          sourceLocation: location)
      }
    }
  }
}

extension Checkpoint {
  /// All numbers, by way of the pieces and by way of the whole, which must agree.
  func numbers(of name: String) throws -> [Double] {
    let type = try info(of: name).type
    var numbers: [Double] = []
    var piece: [Double] = []
    try forEachPiece(of: name) { bytes in
      type.decode(bytes, into: &piece)
      numbers += piece
    }
    try bytes(of: name).withUnsafeBytes { type.decode($0, into: &piece) }
    #expect(piece.map(\.bitPattern) == numbers.map(\.bitPattern))
    return numbers
  }
}
