/// What a file says about one tensor before its numbers are read.
public struct TensorInfo: Sendable, Equatable {
  public var name: String
  public var type: DataType
  /// Row-major; empty for a single number.
  public var shape: [Int]
  public var byteCount: Int
  /// What the framework calls the variable, where the file says so and it is not `name`.
  public var label: String? = nil
}

/// A checkpoint of any format: named tensors whose bytes are read only when asked for.
///
/// Opening an archive checks everything that can be checked without touching the numbers, so that no later call can
/// read out of bounds.
public protocol TensorArchive: Sendable {
  /// The path as it was given; errors name it.
  var file: String { get }
  var format: CheckpointFormat { get }
  /// Free text that the writer stored, such as the framework's name or the model's configuration.
  var metadata: [String: String] { get }
  /// Every tensor, in the order of its data in the file or, where the format has one, of the model.
  var tensors: [TensorInfo] { get }
  /// - Throws: `CheckpointError` with `noSuchTensor`.
  func info(of name: String) throws(CheckpointError) -> TensorInfo
  /// The bytes of one tensor, row-major and little-endian, still in the file if they lie there like that.
  ///
  /// - Throws: `CheckpointError` with `noSuchTensor`, or what is wrong with the stored numbers.
  func bytes(of name: String) throws(CheckpointError) -> TensorBytes
  /// Lends the same bytes piece after piece, each of whole numbers, so that a large tensor is never held whole.
  ///
  /// - Throws: as `bytes(of:)`.
  func forEachPiece(of name: String, _ body: (UnsafeRawBufferPointer) -> Void) throws(CheckpointError)
}

/// The format of a checkpoint, under its usual name.
public enum CheckpointFormat: String, Sendable {
  case safetensors
  case numpy = "NumPy"
  case pytorch = "PyTorch"
  case gguf = "GGUF"
  case keras = "Keras"
  case tensorflow = "TensorFlow"
  case ctranslate2 = "CTranslate2"
  case zip = "ZIP"
  case hdf5 = "HDF5"
}
