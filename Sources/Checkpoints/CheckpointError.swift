import JSON

/// Why a checkpoint was refused, said in one line: the file, the tensor where there is one, the rule, and what to do.
public struct CheckpointError: Error, Equatable, CustomStringConvertible {
  /// The rule that was broken, with the numbers that broke it.
  public enum Rule: Error, Equatable, Sendable {
    // The file itself.
    case missing
    case notRegularFile
    case system(operation: String, code: Int32)

    // Any format.
    case unknownFormat
    case ambiguousFolder([String])
    case damaged(CheckpointFormat, String)
    case unsupported(CheckpointFormat, String)
    case forbidden(String)
    case expands(stored: Int)
    case badShardName(String)

    // The header of a safetensors file.
    case fileTooShort(bytes: Int)
    case headerTooLong(bytes: UInt64, limit: Int)
    case headerPastEnd(bytes: Int, available: Int)
    case headerNotUTF8
    case headerNotObject
    case json(JSONError)
    case metadataNotStrings
    case repeatedName

    // One tensor's entry.
    case entryNotObject
    case missingField(String)
    case unknownField(String)
    case unknownType(String)
    case badShape
    case badOffsets
    case shapeOverflow
    case partialByte
    case sizeMismatch(expected: Int, found: Int)

    // The data.
    case offsetsReversed(begin: Int, end: Int)
    case offsetsPastEnd(end: Int, available: Int)
    case overlap(begin: Int, previousEnd: Int)
    case hole(from: Int, to: Int)
    case dataNotCovered(covered: Int, available: Int)

    // A request that the file cannot serve, or numbers that cannot be stored.
    case noSuchTensor
    case notFloatingPoint(DataType)
    case tooManyDimensions(Int)
    case shapeDiffers(expected: [Int], found: [Int])
    case outOfRange(value: Float, DataType)
    case reservedName
  }

  /// The path as it was given.
  public var file: String
  public var tensor: String?
  public var rule: Rule

  public init(file: String, tensor: String? = nil, rule: Rule) {
    self.file = file
    self.tensor = tensor
    self.rule = rule
  }

  /// The same of a file in a folder that was to become another: `folder` is the one that a person knows.
  public func naming(_ folder: String, for partial: String) -> CheckpointError {
    guard file.hasPrefix(partial + "/") else { return self }
    return CheckpointError(file: folder + file.dropFirst(partial.count), tensor: tensor, rule: rule)
  }

  public var description: String {
    let file = file.isEmpty ? "''" : file
    let place = tensor.map { "\(file): tensor '\(printable($0))'" } ?? file
    return "\(place): \(rule.explanation); \(rule.advice)"
  }
}
