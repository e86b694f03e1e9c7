import Tensors

extension TensorArchive {
  /// One tensor of any numeric type, integers too, widened to `Float32` in memory.
  ///
  /// - Throws: `CheckpointError`: `noSuchTensor`, `tooManyDimensions`, or `notFloatingPoint` for what holds no numbers.
  public func numbers(named name: String) throws -> Tensor {
    let info = try info(of: name)
    guard info.type.isNumeric else {
      throw CheckpointError(file: file, tensor: name, rule: .notFloatingPoint(info.type))
    }
    guard info.shape.count <= Shape.maximumRank else {
      throw CheckpointError(file: file, tensor: name, rule: .tooManyDimensions(info.shape.count))
    }
    return try Tensor(Shape(info.shape)) { destination in
      var position = 0
      var numbers: [Double] = []
      try forEachPiece(of: name) { piece in
        info.type.decode(piece, into: &numbers)
        for number in numbers {
          destination[position] = Float(number)
          position += 1
        }
      }
    }
  }

  /// A matrix of integers as the numbers that they stand for: each was multiplied by a scale, one for all or one a row,
  /// before it was rounded, as CTranslate2 stores them.
  ///
  /// - Throws: as `numbers(named:)`, and `shapeDiffers` for scales that do not fit the matrix.
  public func dequantized(_ name: String, scale: String) throws -> Tensor {
    let scales = try numbers(named: scale)
    let rows = try info(of: name).shape.first ?? 1
    guard scales.count == 1 || scales.count == rows else {
      throw CheckpointError(
        file: file, tensor: scale, rule: .shapeDiffers(expected: [rows], found: scales.shape.dimensions))
    }
    return try dequantized(name, scales.elements)
  }

  /// The same with one scale that the file does not say.
  public func dequantized(_ name: String, scale: Float) throws -> Tensor { try dequantized(name, [scale]) }

  /// - Parameter scales: one, or as many as the matrix has rows.
  private func dequantized(_ name: String, _ scales: [Float]) throws -> Tensor {
    var tensor = try numbers(named: name)
    let (count, width) = (tensor.count, tensor.count / max(scales.count, 1))
    tensor.withUnsafeMutableElements { numbers in
      for index in 0..<count {
        let scale = scales[scales.count == 1 ? 0 : index / max(width, 1)]
        // A row of zeros has no scale.
        numbers[index] = scale == 0 ? 0 : numbers[index] / scale
      }
    }
    return tensor
  }
}
