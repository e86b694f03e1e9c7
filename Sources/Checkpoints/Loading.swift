import Tensors

extension TensorArchive {
  /// One tensor, widened to `Float32` in memory.
  ///
  /// - Parameter shape: the shape that the caller needs, if only one will do.
  /// - Throws: `CheckpointError`: `noSuchTensor`, `notFloatingPoint`, `tooManyDimensions`, or `shapeDiffers`.
  public func tensor(named name: String, shape: [Int]? = nil) throws -> Tensor {
    let info = try floatingPoint(name, shape)
    return try Tensor(Shape(info.shape)) { destination in
      var position = 0
      var numbers: [Double] = []
      try forEachPiece(of: name) { piece in
        if info.type == .float32 && 1.littleEndian == 1 {
          UnsafeMutableRawPointer(destination + position).copyMemory(from: piece.baseAddress!, byteCount: piece.count)
          position += piece.count / 4
          return
        }
        info.type.decode(piece, into: &numbers)
        for number in numbers {
          destination[position] = Float(number)
          position += 1
        }
      }
    }
  }

  /// One matrix, left in the file in its own type if computing can read it there: as `Float32`, `Float16` or
  /// `BFloat16` and aligned, as this project's own writer does it.
  ///
  /// - Throws: as `tensor(named:shape:)`; `shapeDiffers` for anything but two dimensions, the missing ones shown as 0.
  public func matrix(named name: String, shape: [Int]? = nil) throws -> StoredMatrix {
    let info = try floatingPoint(name, shape)
    guard info.shape.count == 2 else {
      throw CheckpointError(file: file, tensor: name, rule: .shapeDiffers(expected: [0, 0], found: info.shape))
    }
    return try rows(named: name).matrix
  }

  /// The rows of any tensor, left in the file as by `matrix(named:shape:)`: all axes but the last are rows, and a vector
  /// is one row.
  ///
  /// - Throws: as `tensor(named:shape:)`.
  public func rows(named name: String) throws -> (matrix: StoredMatrix, shape: [Int]) {
    let info = try floatingPoint(name, nil)
    let columns = info.shape.last ?? 1
    let rows = info.shape.dropLast().reduce(1, *)
    guard let type = info.type.elementType else {
      return (StoredMatrix(try tensor(named: name).reshaped([rows, columns])), info.shape)
    }
    let bytes = try bytes(of: name)
    let base = bytes.withUnsafeBytes(\.baseAddress)
    if let base, Int(bitPattern: base).isMultiple(of: type.byteCount), 1.littleEndian == 1 {
      let matrix = StoredMatrix(rows: rows, columns: columns, elementType: type, base: base, owner: bytes.owner)
      return (matrix, info.shape)
    }
    return (StoredMatrix(try tensor(named: name).reshaped([rows, columns]), elementType: type), info.shape)
  }

  private func floatingPoint(_ name: String, _ shape: [Int]?) throws -> TensorInfo {
    let info = try info(of: name)
    let rule: CheckpointError.Rule
    if let shape, shape != info.shape {
      rule = .shapeDiffers(expected: shape, found: info.shape)
    } else if info.shape.count > Shape.maximumRank {
      rule = .tooManyDimensions(info.shape.count)
    } else if info.type.isFloatingPoint {
      return info
    } else {
      rule = .notFloatingPoint(info.type)
    }
    throw CheckpointError(file: file, tensor: name, rule: rule)
  }
}
