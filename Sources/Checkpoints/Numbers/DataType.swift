import Tensors

/// How the numbers of a tensor are stored, little-endian, under the safetensors format's own name where it has one.
public struct DataType: Sendable, Hashable {
  /// What the bits of one number mean.
  enum Encoding: Hashable {
    case boolean, unsigned, signed
    /// IEEE 754 of the type's width.
    case float
    /// The upper half of a `Float`.
    case brainFloat
    case small(SmallFloat)
    /// Text, pairs, or blocks that share a scale: the bytes can be looked at, single numbers cannot.
    case opaque
  }

  public let name: String
  /// So many numbers fill `bytesPerBlock` together: 1 but for types narrower than a byte and for quantized blocks.
  public let numbersPerBlock: Int
  public let bytesPerBlock: Int
  let encoding: Encoding

  init(_ name: String, bytes: Int, _ encoding: Encoding, numbers: Int = 1) {
    self.name = name
    self.numbersPerBlock = numbers
    self.bytesPerBlock = bytes
    self.encoding = encoding
  }

  public static let bool = DataType("BOOL", bytes: 1, .boolean)
  public static let float4 = DataType("F4", bytes: 1, .small(.e2m1), numbers: 2)
  public static let float6E2M3 = DataType("F6_E2M3", bytes: 3, .small(.e2m3), numbers: 4)
  public static let float6E3M2 = DataType("F6_E3M2", bytes: 3, .small(.e3m2), numbers: 4)
  public static let float8E5M2 = DataType("F8_E5M2", bytes: 1, .small(.e5m2))
  public static let float8E4M3 = DataType("F8_E4M3", bytes: 1, .small(.e4m3))
  public static let float8E8M0 = DataType("F8_E8M0", bytes: 1, .small(.e8m0))
  public static let float8E5M2FNUZ = DataType("F8_E5M2FNUZ", bytes: 1, .small(.e5m2fnuz))
  public static let float8E4M3FNUZ = DataType("F8_E4M3FNUZ", bytes: 1, .small(.e4m3fnuz))
  public static let uint8 = DataType("U8", bytes: 1, .unsigned)
  public static let int8 = DataType("I8", bytes: 1, .signed)
  public static let uint16 = DataType("U16", bytes: 2, .unsigned)
  public static let int16 = DataType("I16", bytes: 2, .signed)
  public static let float16 = DataType("F16", bytes: 2, .float)
  public static let bfloat16 = DataType("BF16", bytes: 2, .brainFloat)
  public static let uint32 = DataType("U32", bytes: 4, .unsigned)
  public static let int32 = DataType("I32", bytes: 4, .signed)
  public static let float32 = DataType("F32", bytes: 4, .float)
  public static let uint64 = DataType("U64", bytes: 8, .unsigned)
  public static let int64 = DataType("I64", bytes: 8, .signed)
  public static let float64 = DataType("F64", bytes: 8, .float)
  public static let complex64 = DataType("C64", bytes: 8, .opaque)

  // Not of safetensors, and named in its manner.
  static let complex32 = DataType("C32", bytes: 4, .opaque)
  static let complex128 = DataType("C128", bytes: 16, .opaque)
  /// Strings of any length; `byteCount` then says how many bytes are stored.
  static let text = DataType("STRING", bytes: 1, .opaque)

  /// Every type that the safetensors format lists, by its name there.
  static let safetensors: [String: DataType] = Dictionary(
    uniqueKeysWithValues: [
      bool, float4, float6E2M3, float6E3M2, float8E5M2, float8E4M3, float8E8M0, float8E5M2FNUZ, float8E4M3FNUZ, uint8,
      int8, uint16, int16, float16, bfloat16, uint32, int32, float32, uint64, int64, float64, complex64,
    ].map { ($0.name, $0) })

  /// What computing reads where it lies; nil for a type that has to be widened first, or can only be looked at.
  public var elementType: ElementType? { ElementType(rawValue: name) }

  /// Whether it holds fractions, and so can be a model's parameters.
  public var isFloatingPoint: Bool {
    switch encoding {
    case .float, .brainFloat, .small: true
    case .boolean, .unsigned, .signed, .opaque: false
    }
  }

  /// Whether single numbers can be read.
  public var isNumeric: Bool { encoding != .opaque }

  /// NumPy's limit; PyTorch and TensorFlow have the same or less.
  static let mostDimensions = 64

  /// Bytes that a tensor of this shape fills.
  ///
  /// - Throws: `shapeOverflow` if the number of bits, dimensions of size 0 left out, does not fit in an `Int`, so that
  ///   no product of some of them can overflow later; `partialByte` if the tensor ends inside a block;
  ///   `tooManyDimensions` for more than any library computes with.
  func byteCount(of shape: [Int]) throws(CheckpointError.Rule) -> Int {
    guard shape.count <= Self.mostDimensions else { throw .tooManyDimensions(shape.count) }
    var count = 8 * bytesPerBlock
    for dimension in shape where dimension != 0 {
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      if overflow || dimension < 0 { throw .shapeOverflow }
      count = product
    }
    if shape.contains(0) { return 0 }
    guard count.isMultiple(of: 8 * numbersPerBlock) else { throw .partialByte }
    return count / (8 * numbersPerBlock)
  }
}
