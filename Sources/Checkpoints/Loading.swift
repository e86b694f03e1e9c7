import Tensors

extension TensorArchive {
  /// One tensor, widened to `Float32` in memory.
  ///
  /// - Parameter shape: the shape that the caller needs, if only one will do.
  /// - Throws: `CheckpointError`: `noSuchTensor`, `notFloatingPoint`, `tooManyDimensions`, or `shapeDiffers`.
  public func tensor(named name: String, shape: [Int]? = nil) throws -> Tensor {
    let (info, type) = try floatingPoint(name, shape)
    return try Tensor(Shape(info.shape)) { destination in
      try bytes(of: name).withUnsafeBytes { bytes in
        for index in 0..<(bytes.count / type.byteCount) {
          destination[index] = bytes.element(at: index, type)
        }
      }
    }
  }

  /// One matrix, left in the file in its own type if it is aligned there, as this project's own writer does it.
  ///
  /// - Throws: as `tensor(named:shape:)`; `shapeDiffers` for anything but two dimensions, the missing ones shown as 0.
  public func matrix(named name: String, shape: [Int]? = nil) throws -> StoredMatrix {
    let (info, type) = try floatingPoint(name, shape)
    guard info.shape.count == 2 else {
      throw CheckpointError(file: file, tensor: name, rule: .shapeDiffers(expected: [0, 0], found: info.shape))
    }
    let bytes = try bytes(of: name)
    let base = bytes.withUnsafeBytes(\.baseAddress)
    if let base, Int(bitPattern: base).isMultiple(of: type.byteCount), 1.littleEndian == 1 {
      return StoredMatrix(
        rows: info.shape[0], columns: info.shape[1], elementType: type, base: base, owner: bytes.owner)
    }
    return StoredMatrix(try tensor(named: name), elementType: type)
  }

  private func floatingPoint(_ name: String, _ shape: [Int]?) throws -> (TensorInfo, ElementType) {
    let info = try info(of: name)
    let rule: CheckpointError.Rule
    if let shape, shape != info.shape {
      rule = .shapeDiffers(expected: shape, found: info.shape)
    } else if info.shape.count > Shape.maximumRank {
      rule = .tooManyDimensions(info.shape.count)
    } else if let type = info.type.elementType {
      return (info, type)
    } else {
      rule = .notFloatingPoint(info.type)
    }
    throw CheckpointError(file: file, tensor: name, rule: rule)
  }
}

extension UnsafeRawBufferPointer {
  /// Number `index` of a run of little-endian numbers.
  fileprivate func element(at index: Int, _ type: ElementType) -> Float {
    func bits<Bits: FixedWidthInteger>(_: Bits.Type) -> Bits {
      Bits(littleEndian: loadUnaligned(fromByteOffset: index * type.byteCount, as: Bits.self))
    }
    return switch type {
    case .float32: Float(bitPattern: bits(UInt32.self))
    case .float16: Float(Float16(bitPattern: bits(UInt16.self)))
    case .bfloat16: Float(bitPattern: UInt32(bits(UInt16.self)) << 16)
    }
  }
}
