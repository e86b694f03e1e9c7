import Testing

@testable import Checkpoints

@Suite struct DecodingTests {
  private func numbers(_ type: DataType, _ bytes: [UInt8]) -> [Double] {
    var numbers: [Double] = [99]
    bytes.withUnsafeBytes { type.decode($0, into: &numbers) }
    return numbers
  }

  @Test func integersAndFloats() {
    #expect(numbers(.bool, [0, 1, 2]) == [0, 1, 1])
    #expect(numbers(.uint8, [0, 255]) == [0, 255])
    #expect(numbers(.int8, [0, 255]) == [0, -1])
    #expect(numbers(.uint16, [1, 2, 3]) == [513])
    #expect(numbers(.int16, [0xfe, 0xff]) == [-2])
    #expect(numbers(.uint32, [0, 0, 0, 0x80]) == [2_147_483_648])
    #expect(numbers(.int32, [0, 0, 0, 0x80]) == [-2_147_483_648])
    #expect(numbers(.uint64, [0, 0, 0, 0, 0, 0, 0, 0x80]) == [0x1p63])
    #expect(numbers(.int64, [255, 255, 255, 255, 255, 255, 255, 255]) == [-1])
    #expect(numbers(.float16, [0x00, 0x3c, 0x00, 0xfc]) == [1, -.infinity])
    #expect(numbers(.bfloat16, [0x80, 0x3f]) == [1])
    #expect(numbers(.float32, [0, 0, 0xc0, 0x3f]) == [1.5])
    #expect(numbers(.float64, [0, 0, 0, 0, 0, 0, 0xf8, 0x3f]) == [1.5])
  }

  /// The values of the OCP specifications' own tables.
  @Test func smallFloats() {
    #expect(numbers(.float8E4M3, [0x01, 0x07, 0x08, 0x38, 0x7e, 0xfe]) == [0x1p-9, 0x1.cp-7, 0x1p-6, 1, 448, -448])
    #expect(numbers(.float8E4M3, [0x7f, 0xff]).map(\.isNaN) == [true, true])
    #expect(
      numbers(.float8E5M2, [0x01, 0x03, 0x04, 0x3c, 0x7b, 0x7c, 0xfc]) == [
        0x1p-16, 0x1.8p-15, 0x1p-14, 1, 57344, .infinity, -.infinity,
      ])
    #expect(numbers(.float8E5M2, [0x7d, 0x7f]).map(\.isNaN) == [true, true])
    #expect(numbers(.float8E8M0, [0, 127, 254]) == [0x1p-127, 1, 0x1p127])
    #expect(numbers(.float8E8M0, [255]).map(\.isNaN) == [true])
    #expect(numbers(.float8E4M3FNUZ, [0x01, 0x40, 0x7f]) == [0x1p-10, 1, 240])
    #expect(numbers(.float8E5M2FNUZ, [0x01, 0x40, 0x7f]) == [0x1p-17, 1, 57344])
    #expect((numbers(.float8E4M3FNUZ, [0x80]) + numbers(.float8E5M2FNUZ, [0x80])).map(\.isNaN) == [true, true])
  }

  @Test func numbersNarrowerThanAByte() {
    #expect(numbers(.float4, [0x10, 0x32, 0x54, 0x76, 0xf8]) == [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -6])
    // Patterns 1, 2, 31, 63, six bits each, the first lowest.
    let packed = [UInt8(truncatingIfNeeded: 1 | 2 << 6), UInt8(2 >> 2 | (31 & 15) << 4), UInt8(31 >> 4 | 63 << 2)]
    #expect(numbers(.float6E2M3, packed) == [0.125, 0.25, 7.5, -7.5])
    #expect(numbers(.float6E3M2, packed) == [0.0625, 0.125, 28, -28])
  }
}
