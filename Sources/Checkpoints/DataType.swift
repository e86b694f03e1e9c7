import Tensors

/// How one number of a tensor is stored, under the safetensors format's own name. Numbers are little-endian.
public enum DataType: String, Sendable, CaseIterable {
  case bool = "BOOL"
  case float4 = "F4"
  case float6E2M3 = "F6_E2M3"
  case float6E3M2 = "F6_E3M2"
  case float8E5M2 = "F8_E5M2"
  case float8E4M3 = "F8_E4M3"
  case float8E8M0 = "F8_E8M0"
  case float8E5M2FNUZ = "F8_E5M2FNUZ"
  case float8E4M3FNUZ = "F8_E4M3FNUZ"
  case uint8 = "U8"
  case int8 = "I8"
  case uint16 = "U16"
  case int16 = "I16"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case uint32 = "U32"
  case int32 = "I32"
  case float32 = "F32"
  case uint64 = "U64"
  case int64 = "I64"
  case float64 = "F64"
  case complex64 = "C64"

  /// Bits of one number; not always a whole number of bytes.
  public var bits: Int {
    switch self {
    case .float4: 4
    case .float6E2M3, .float6E3M2: 6
    case .bool, .float8E5M2, .float8E4M3, .float8E8M0, .float8E5M2FNUZ, .float8E4M3FNUZ, .uint8, .int8: 8
    case .uint16, .int16, .float16, .bfloat16: 16
    case .uint32, .int32, .float32: 32
    case .uint64, .int64, .float64, .complex64: 64
    }
  }

  /// What computing reads where it lies; nil for a type that can only be looked at.
  public var elementType: ElementType? { ElementType(rawValue: rawValue) }

  /// Bytes that a tensor of this shape fills.
  ///
  /// - Throws: `shapeOverflow` if the product of the dimensions, those of size 0 left out, does not fit in an `Int`, so
  ///   that no product of some of them can overflow later; `partialByte` if the tensor ends inside a byte.
  func byteCount(of shape: [Int]) throws(CheckpointError.Rule) -> Int {
    var count = bits
    for dimension in shape where dimension != 0 {
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      if overflow { throw .shapeOverflow }
      count = product
    }
    if shape.contains(0) { return 0 }
    guard count.isMultiple(of: 8) else { throw .partialByte }
    return count / 8
  }
}
