import Foundation
import TestSupport
import Testing

@testable import Checkpoints

/// Opens what it is given and reads every number, and holds that to the rules: an error is one line that names the
/// file, and what is accepted is no more than the file can hold.
struct Damage {
  /// SplitMix64: the same numbers on every machine.
  struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var mixed = state
      mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
      return mixed ^ mixed >> 31
    }
  }

  /// - Returns: whether the checkpoint was accepted with all its numbers.
  @discardableResult
  static func survives(_ path: String, location: SourceLocation = #_sourceLocation) -> Bool {
    do {
      let checkpoint = try Checkpoint(path: path)
      var claimed = 0
      for tensor in checkpoint.tensors {
        claimed += tensor.byteCount
        var count = 0
        try checkpoint.forEachPiece(of: tensor.name) { count += $0.count }
        #expect(count == tensor.byteCount, sourceLocation: location)
      }
      #expect(claimed <= Checkpoint.limit(stored: 1 << 20), sourceLocation: location)
      return true
    } catch let error {
      #expect(error.description.split(whereSeparator: \.isNewline).count == 1, sourceLocation: location)
      #expect(error.description.count < 1000, sourceLocation: location)
      return false
    }
  }

  /// Cuts a copy of `file` at every `step`-th length.
  ///
  /// - Parameter accepts: how many of the cut files may be right all the same.
  static func cutEverywhere(
    _ file: String, step: Int = 1, accepts: Int = 0, location: SourceLocation = #_sourceLocation
  ) throws {
    let bytes = try Data(contentsOf: URL(filePath: file))
    try withTemporaryFolder { folder in
      let copy = "\(folder)/\((file as NSString).lastPathComponent)"
      try copyNeighbours(of: file, to: folder)
      var accepted = 0
      for length in stride(from: 0, to: bytes.count, by: step) {
        try bytes.prefix(length).write(to: URL(filePath: copy))
        if survives(copy, location: location) { accepted += 1 }
      }
      #expect(accepted <= accepts, "\(file)", sourceLocation: location)
    }
  }

  /// Opens `count` copies of `file`, each with a few bytes changed at random.
  static func flip(
    _ file: String, seed: UInt64, count: Int, location: SourceLocation = #_sourceLocation
  ) throws {
    let original = try [UInt8](Data(contentsOf: URL(filePath: file)))
    var generator = Generator(state: seed)
    try withTemporaryFolder { folder in
      let copy = "\(folder)/\((file as NSString).lastPathComponent)"
      try copyNeighbours(of: file, to: folder)
      for _ in 0..<count {
        try Data(mutated(original, &generator)).write(to: URL(filePath: copy))
        survives(copy, location: location)
      }
    }
  }

  /// The other files of a checkpoint of several.
  private static func copyNeighbours(of file: String, to folder: String) throws {
    guard file.hasSuffix(".index") else { return }
    let source = URL(filePath: file).deletingLastPathComponent()
    let stem = URL(filePath: file).deletingPathExtension().lastPathComponent + ".data-"
    for name in try FileManager.default.contentsOfDirectory(atPath: source.path) where name.hasPrefix(stem) {
      try FileManager.default.copyItem(atPath: "\(source.path)/\(name)", toPath: "\(folder)/\(name)")
    }
  }

  /// One to eight changes: a byte, a bit, an extreme number, a part taken out or doubled.
  static func mutated(_ original: [UInt8], _ generator: inout Generator) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...8, using: &generator) {
      guard !bytes.isEmpty else { return bytes }
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<8, using: &generator) {
      case 0, 1, 2: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
      case 3, 4: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 5:
        let extremes: [UInt64] = [.max, 1 << 63, 1 << 63 - 1, 1 << 32, 1 << 31, 0]
        let extreme = extremes[Int.random(in: extremes.indices, using: &generator)]
        for (index, byte) in withUnsafeBytes(of: extreme.littleEndian, Array.init).enumerated()
        where place + index < bytes.count { bytes[place + index] = byte }
      case 6: bytes.removeSubrange(place..<min(place + Int.random(in: 1...16, using: &generator), bytes.count))
      default: bytes.insert(contentsOf: bytes[place..<min(place + 16, bytes.count)], at: place)
      }
    }
    return bytes
  }
}
