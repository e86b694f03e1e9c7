/// What a file says about one tensor before its numbers are read.
public struct TensorInfo: Sendable, Equatable {
  public var name: String
  public var type: DataType
  /// Row-major; empty for a single number.
  public var shape: [Int]
  public var byteCount: Int
}

/// A checkpoint of any format: named tensors whose bytes are read only when asked for.
///
/// Opening an archive checks everything that can be checked without touching the numbers, so that no later call can
/// read out of bounds.
public protocol TensorArchive: Sendable {
  /// The path as it was given; errors name it.
  var file: String { get }
  /// Free text that the writer stored, such as the framework's name.
  var metadata: [String: String] { get }
  /// Every tensor, in the order of its data in the file.
  var tensors: [TensorInfo] { get }
  /// - Throws: `CheckpointError` with `noSuchTensor`.
  func info(of name: String) throws(CheckpointError) -> TensorInfo
  /// The stored bytes of one tensor, row-major and little-endian, still in the file.
  ///
  /// - Throws: `CheckpointError` with `noSuchTensor`.
  func bytes(of name: String) throws(CheckpointError) -> MappedBytes
}
