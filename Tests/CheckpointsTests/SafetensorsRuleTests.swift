import Foundation
import JSON
import Testing

@testable import Checkpoints

/// Rules that no fixture file breaks, and damage of every kind to files that are right.
@Suite struct SafetensorsRuleTests {
  /// The bytes of a file with this header, its length put before it.
  private func file(_ header: String, data count: Int = 0) -> [UInt8] {
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init) + Array(header.utf8)
      + [UInt8](repeating: 0, count: count)
  }

  private func read(_ bytes: [UInt8]) throws(CheckpointError) -> SafetensorsHeader {
    do {
      return try bytes.withUnsafeBytes { try SafetensorsHeader($0, file: "f") }
    } catch let error as CheckpointError {
      throw error
    } catch {
      fatalError("the header reader throws nothing else")
    }
  }

  private func expectRefusal(
    _ header: String, data count: Int = 0, tensor: String? = nil, _ rule: CheckpointError.Rule,
    location: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: CheckpointError(file: "f", tensor: tensor, rule: rule), sourceLocation: location) {
      try read(file(header, data: count))
    }
  }

  private func entry(_ name: String, _ begin: Int, _ end: Int) -> String {
    #""\#(name)":{"dtype":"U8","shape":[\#(end - begin)],"data_offsets":[\#(begin),\#(end)]}"#
  }

  @Test func header() {
    expectRefusal(" {}", .headerNotObject)
    expectRefusal("[]", .headerNotObject)
    expectRefusal("", .headerNotObject)
    expectRefusal("{", .json(JSONError(reason: .unexpectedEnd, offset: 1)))
    expectRefusal(#"{"__metadata__":{"a":"b"},"__metadata__":{}}"#, .repeatedName)
    expectRefusal(#"{"__metadata__":{"a":"b","a":"b"}}"#, .repeatedName)
    expectRefusal(#"{"__metadata__":"x"}"#, .metadataNotStrings)
    let deep = String(repeating: "[", count: 100_000)
    expectRefusal(#"{"t":\#(deep)"#, .json(JSONError(reason: .tooDeep, offset: 20)))
  }

  @Test func moreDimensionsThanAnyLibraryComputesWith() throws {
    func header(_ rank: Int) -> String {
      let shape = [String](repeating: "1", count: rank).joined(separator: ",")
      return #"{"t":{"dtype":"U8","shape":[\#(shape)],"data_offsets":[0,1]}}"#
    }
    #expect(try read(file(header(64), data: 1)).entries.first?.info.shape.count == 64)
    expectRefusal(header(65), data: 1, tensor: "t", .tooManyDimensions(65))
  }

  @Test func entries() {
    expectRefusal(#"{"t":1}"#, tensor: "t", .entryNotObject)
    expectRefusal(#"{"t":{}}"#, tensor: "t", .missingField("dtype"))
    expectRefusal(#"{"t":{"dtype":"F32"}}"#, tensor: "t", .missingField("shape"))
    expectRefusal(#"{"t":{"dtype":"F32","shape":[]}}"#, tensor: "t", .missingField("data_offsets"))
    expectRefusal(#"{"t":{"dtype":"F32","dtype":"F16"}}"#, tensor: "t", .repeatedName)
    expectRefusal(#"{"t":{"dtype":"f32","shape":[],"data_offsets":[0,4]}}"#, tensor: "t", .unknownType("f32"))
    expectRefusal(#"{"t":{"dtype":5,"shape":[],"data_offsets":[0,4]}}"#, tensor: "t", .unknownType("(not a string)"))
    expectRefusal(#"{"t":{"dtype":"F32","shape":4,"data_offsets":[0,4]}}"#, tensor: "t", .badShape)
    expectRefusal(#"{"t":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}"#, data: 2, tensor: "t", .partialByte)
    expectRefusal(
      #"{"t":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, data: 8, tensor: "t",
      .sizeMismatch(expected: 12, found: 8))
    // 2^62 numbers of 32 bits fill less than 2^64 bytes, but their bits do not fit.
    expectRefusal(
      #"{"t":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,8]}}"#, data: 8, tensor: "t",
      .shapeOverflow)
    // Of no bytes, and still a shape whose strides cannot be counted.
    expectRefusal(
      #"{"t":{"dtype":"F32","shape":[0,1152921504606846976,64],"data_offsets":[0,0]}}"#, tensor: "t", .shapeOverflow)
    expectRefusal(
      #"{"t":{"dtype":"F32","shape":[99999999999999999999,0],"data_offsets":[0,0]}}"#, tensor: "t", .badShape)
  }

  @Test func coverage() throws {
    expectRefusal("{\(entry("a", 0, 4)),\(entry("b", 2, 6))}", data: 6, tensor: "b", .overlap(begin: 2, previousEnd: 4))
    expectRefusal("{\(entry("a", 1, 4))}", data: 4, tensor: "a", .hole(from: 0, to: 1))
    expectRefusal("{\(entry("a", 0, 4))}", data: 5, .dataNotCovered(covered: 4, available: 5))
    expectRefusal("{}", data: 1, .dataNotCovered(covered: 0, available: 1))
    let header = try read(file("{\(entry("b", 4, 9)),\(entry("none", 4, 4)),\(entry("a", 0, 4))}", data: 9))
    #expect(header.entries.map(\.info.name) == ["a", "none", "b"])
  }

  @Test func everyTypeIsSizedByItsBits() throws {
    let widths = [
      "BOOL": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F8_E5M2FNUZ": 8,
      "F8_E4M3FNUZ": 8, "U8": 8, "I8": 8, "U16": 16, "I16": 16, "F16": 16, "BF16": 16, "U32": 32, "I32": 32, "F32": 32,
      "U64": 64, "I64": 64, "F64": 64, "C64": 64,
    ]
    #expect(Set(widths.keys) == Set(DataType.safetensors.keys))
    for (name, bits) in widths {
      let type = try #require(DataType.safetensors[name])
      let header = try read(
        file(#"{"t":{"dtype":"\#(name)","shape":[8],"data_offsets":[0,\#(bits)]}}"#, data: bits))
      #expect(header.entries.map(\.info.type) == [type])
    }
  }

  @Test func aFileCutAnywhereIsRefused() throws {
    for name in ["ok_basic", "ok_key_order_not_offset_order", "ok_empty_no_tensors", "golden_three_types"] {
      let bytes = try [UInt8](Data(contentsOf: URL(filePath: fixture(name + ".safetensors"))))
      for length in 0..<bytes.count {
        #expect(throws: CheckpointError.self) { try read(Array(bytes[..<length])) }
      }
    }
  }

  /// Every byte of the file in turn gets every value: no trap, and what is accepted lies within the file.
  @Test func anyByteMayBeWrong() throws {
    let original = try [UInt8](Data(contentsOf: URL(filePath: fixture("ok_key_order_not_offset_order.safetensors"))))
    var accepted = 0
    for position in original.indices {
      var bytes = original
      for value in UInt8.min...UInt8.max {
        bytes[position] = value
        guard let header = try? read(bytes) else { continue }
        accepted += 1
        for entry in header.entries {
          #expect(header.dataStart + entry.range.upperBound <= bytes.count)
          #expect(entry.range.count == entry.info.byteCount)
        }
      }
    }
    // All values of the 8 data bytes, at least.
    #expect(accepted >= 8 * 256)
  }
}
