extension DataType {
  /// Replaces `numbers` with those of `bytes`, widened; a 64-bit integer is rounded to the nearest `Double`.
  ///
  /// - Parameter bytes: whole blocks; a part of one at the end is left out.
  /// - Precondition: `isNumeric`.
  func decode(_ bytes: UnsafeRawBufferPointer, into numbers: inout [Double]) {
    numbers.removeAll(keepingCapacity: true)
    switch encoding {
    case .boolean: numbers.append(contentsOf: bytes.lazy.map { $0 == 0 ? 0 : 1 })
    case .unsigned:
      switch bytesPerBlock {
      case 1: numbers.append(contentsOf: bytes.lazy.map(Double.init))
      case 2: append(bytes, to: &numbers) { (bits: UInt16) in Double(bits) }
      case 4: append(bytes, to: &numbers) { (bits: UInt32) in Double(bits) }
      default: append(bytes, to: &numbers) { (bits: UInt64) in Double(bits) }
      }
    case .signed:
      switch bytesPerBlock {
      case 1: numbers.append(contentsOf: bytes.lazy.map { Double(Int8(bitPattern: $0)) })
      case 2: append(bytes, to: &numbers) { (bits: Int16) in Double(bits) }
      case 4: append(bytes, to: &numbers) { (bits: Int32) in Double(bits) }
      default: append(bytes, to: &numbers) { (bits: Int64) in Double(bits) }
      }
    case .float:
      switch bytesPerBlock {
      case 2: append(bytes, to: &numbers) { (bits: UInt16) in Double(Float16(bitPattern: bits)) }
      case 4: append(bytes, to: &numbers) { (bits: UInt32) in Double(Float(bitPattern: bits)) }
      default: append(bytes, to: &numbers) { (bits: UInt64) in Double(bitPattern: bits) }
      }
    case .brainFloat: append(bytes, to: &numbers) { (bits: UInt16) in Double(Float(bitPattern: UInt32(bits) << 16)) }
    case .small(let layout): append(bytes, layout, to: &numbers)
    case .opaque: preconditionFailure("a type without numbers")
    }
  }

  private func append<Bits: FixedWidthInteger>(
    _ bytes: UnsafeRawBufferPointer, to numbers: inout [Double], _ value: (Bits) -> Double
  ) {
    let width = MemoryLayout<Bits>.size
    numbers.reserveCapacity(bytes.count / width)
    for offset in stride(from: 0, to: bytes.count - bytes.count % width, by: width) {
      numbers.append(value(Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Bits.self))))
    }
  }

  /// Numbers narrower than a byte stand with their lowest bit first.
  private func append(_ bytes: UnsafeRawBufferPointer, _ layout: SmallFloat, to numbers: inout [Double]) {
    let values = layout.values
    for start in stride(from: 0, to: bytes.count - bytes.count % bytesPerBlock, by: bytesPerBlock) {
      var block = 0
      for index in (0..<bytesPerBlock).reversed() { block = block << 8 | Int(bytes[start + index]) }
      for _ in 0..<numbersPerBlock {
        numbers.append(values[block & (values.count - 1)])
        block >>= layout.bits
      }
    }
  }
}
