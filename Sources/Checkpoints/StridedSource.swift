/// A tensor whose numbers lie scattered in another run of bytes: a view of a storage, columns first, or of the other
/// byte order.
struct StridedSource: StreamedSource {
  private let base: any TensorSource
  /// Bytes before the first number.
  private let offset: Int
  private let shape: [Int]
  /// Bytes from one number to the next along each dimension.
  private let strides: [Int]
  private let width: Int
  /// Bytes that are reversed together: `width`, or half of it for a complex number; 1 if none are.
  private let swapped: Int

  var byteCount: Int { shape.reduce(width, *) }

  /// - Parameters:
  ///   - offset: numbers before the first one.
  ///   - strides: numbers from one to the next along each dimension, one for each dimension.
  ///   - available: numbers that the base holds.
  ///   - swapped: bytes to reverse together, 1 for none.
  /// - Returns: nil unless every number lies within the base.
  init?(
    _ base: any TensorSource, offset: Int, shape: [Int], strides: [Int], available: Int, width: Int, swapped: Int = 1
  ) {
    guard offset >= 0, strides.count == shape.count, !shape.contains(where: { $0 < 0 }) else { return nil }
    let isEmpty = shape.contains(0)
    var last = offset
    for (size, stride) in zip(shape, strides) where !isEmpty {
      guard stride >= 0 else { return nil }
      let (distance, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, overflowOfSum) = last.addingReportingOverflow(distance)
      guard !overflow, !overflowOfSum, distance >= 0 else { return nil }
      last = sum
    }
    guard isEmpty || last < available, available <= Int.max / width else { return nil }
    self.base = base
    self.offset = isEmpty ? 0 : offset * width
    self.shape = shape
    // A dimension of one number or none is never stepped along, whatever its stride says.
    self.strides = isEmpty ? shape.map { _ in 0 } : zip(shape, strides).map { $0 > 1 ? $1 * width : 0 }
    self.width = width
    self.swapped = swapped
  }

  private var isRowMajor: Bool {
    var expected = width
    for (size, stride) in zip(shape, strides).reversed() where size != 1 {
      if stride != expected { return false }
      expected *= size
    }
    return swapped == 1
  }

  func bytes() throws(CheckpointError.Rule) -> TensorBytes {
    if shape.contains(0) { return TensorBytes(HeldBytes(count: 0) { _ in }) }
    if isRowMajor { return try base.bytes().part(offset..<(offset + byteCount)) }
    return try collected()
  }

  func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) throws(CheckpointError.Rule) {
    if shape.contains(0) { return }
    if isRowMajor { return try bytes().forEachPiece(body) }
    try base.bytes().withUnsafeBytes { bytes in gather(bytes, body) }
  }

  /// Walks over the rows with an index for each dimension but the last.
  private func gather(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
    var pieces = PieceBuffer()
    let length = shape.last ?? 1
    let stride = strides.last ?? 0
    var index = [Int](repeating: 0, count: max(0, shape.count - 1))
    var start = offset
    while true {
      for place in 0..<length { append(bytes, at: start + place * stride, to: &pieces, body) }
      var dimension = index.count - 1
      while dimension >= 0 {
        index[dimension] += 1
        start += strides[dimension]
        if index[dimension] < shape[dimension] { break }
        start -= strides[dimension] * shape[dimension]
        index[dimension] = 0
        dimension -= 1
      }
      if dimension < 0 { break }
    }
    pieces.finish(body)
  }

  private func append(
    _ bytes: UnsafeRawBufferPointer, at position: Int, to pieces: inout PieceBuffer,
    _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    let number = UnsafeRawBufferPointer(rebasing: bytes[position..<(position + width)])
    if swapped == 1 { return pieces.append(number, body) }
    withUnsafeTemporaryAllocation(byteCount: width, alignment: 16) { reversed in
      for index in 0..<width { reversed[index] = number[index / swapped * swapped + swapped - 1 - index % swapped] }
      pieces.append(UnsafeRawBufferPointer(reversed), body)
    }
  }
}

extension [Int] {
  /// The strides of a tensor of this shape whose last, or first, dimension changes fastest, counted in numbers.
  func strides(columnsFirst: Bool) -> [Int] {
    var strides = self
    var stride = 1
    for index in columnsFirst ? Array(indices) : indices.reversed() {
      strides[index] = stride
      stride *= Swift.max(1, self[index])
    }
    return strides
  }
}
