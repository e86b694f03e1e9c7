/// What stands behind a pickle: which names it may import, what calling them gives, and what its persistent ids mean.
/// Nothing here runs anything of Python's: a host answers with values.
protocol PickleHost {
  func allows(_ global: PickleGlobal) -> Bool
  mutating func call(
    _ global: PickleGlobal, _ arguments: [PickleValue], _ heap: inout PickleHeap
  ) throws(CheckpointError.Rule) -> PickleValue
  /// What a persistent id stands for.
  mutating func persistent(_ id: PickleValue, _ heap: inout PickleHeap) throws(CheckpointError.Rule) -> PickleValue
  /// Gives an object its state.
  func build(_ object: PickleValue, _ state: PickleValue, _ heap: inout PickleHeap)
}

/// An interpreter of the opcodes that checkpoints use, after the comments of Python's `pickletools`.
///
/// Opcodes that only extensions, keyword arguments or out-of-band buffers need are refused by number.
struct PickleMachine<Host: PickleHost> {
  /// Far above what a checkpoint of a hundred thousand tensors needs.
  static var stepLimit: Int { 10_000_000 }

  var host: Host
  var heap = PickleHeap()
  private var reader: ByteReader
  private var stack: [PickleValue] = []
  private var markers: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var steps = 0

  init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0, host: Host) {
    reader = ByteReader(bytes, .pytorch, at: position)
    self.host = host
  }

  /// Behind the last pickle that was read.
  var position: Int { reader.position }

  /// Reads the next pickle; what came before it is forgotten but for the heap.
  ///
  /// - Throws: `forbidden` for a name that the host does not allow, `damaged`, or what the host throws.
  mutating func next() throws(CheckpointError.Rule) -> PickleValue {
    stack = []
    markers = []
    memo = [:]
    while true {
      steps += 1
      guard steps <= Self.stepLimit else { throw reader.damaged("its pickle has over \(Self.stepLimit) steps") }
      let code: UInt8 = try reader.number("its pickle")
      guard let code = Opcode(rawValue: code) else {
        throw reader.damaged("its pickle has the opcode \(code) at byte \(reader.position - 1), which none needs")
      }
      if code == .stop { break }
      try run(code)
    }
    guard markers.isEmpty, stack.count == 1 else { throw reader.damaged("its pickle ends with loose parts") }
    return stack[0]
  }

  private mutating func run(_ code: Opcode) throws(CheckpointError.Rule) {
    switch code {
    case .proto:
      let version: UInt8 = try reader.number("its pickle")
      guard version <= 5 else { throw reader.damaged("its pickle is of protocol \(version)") }
    case .frame: _ = try reader.number("its pickle", as: UInt64.self)
    case .stop: break
    case .mark: markers.append(stack.count)
    case .pop: _ = try pop()
    case .popMark: _ = try popToMark()
    case .dup: push(try top())
    case .none, .newTrue, .newFalse, .binInt, .binInt1, .binInt2, .long1, .long4, .binFloat: try runNumber(code)
    case .binUnicode, .shortBinUnicode, .binUnicode8, .binString, .shortBinString, .binBytes, .shortBinBytes,
      .binBytes8, .byteArray8:
      try runText(code)
    case .int, .long, .float, .string, .unicode: try runLine(code)
    case .put: memo[try wholeNumber(try line())] = try top()
    case .get: push(try recall(try wholeNumber(try line())))
    case .binPut: memo[Int(try reader.number("its pickle", as: UInt8.self))] = try top()
    case .longBinPut: memo[Int(try reader.number("its pickle", as: UInt32.self))] = try top()
    case .memoize: memo[memo.count] = try top()
    case .binGet: push(try recall(Int(try reader.number("its pickle", as: UInt8.self))))
    case .longBinGet: push(try recall(Int(try reader.number("its pickle", as: UInt32.self))))
    case .emptyList, .emptyTuple, .emptySet: push(heap.sequence())
    case .emptyDict: push(heap.dictionary())
    case .tuple, .list, .frozenSet: push(heap.sequence(try popToMark()))
    case .tuple1: try pushTuple(of: 1)
    case .tuple2: try pushTuple(of: 2)
    case .tuple3: try pushTuple(of: 3)
    case .dict:
      let items = try popToMark()
      push(heap.dictionary())
      try setItems(items)
    case .append: try appendItems([try pop()])
    case .appends, .addItems: try appendItems(try popToMark())
    case .setItem:
      let value = try pop()
      try setItems([try pop(), value])
    case .setItems: try setItems(try popToMark())
    case .global, .stackGlobal, .reduce, .newObject, .inst, .obj, .build, .binPersistent: try runObject(code)
    }
  }

  private mutating func runNumber(_ code: Opcode) throws(CheckpointError.Rule) {
    switch code {
    case .newTrue: push(.bool(true))
    case .newFalse: push(.bool(false))
    case .binInt: push(.int(Int(try reader.number("its pickle", as: Int32.self))))
    case .binInt1: push(.int(Int(try reader.number("its pickle", as: UInt8.self))))
    case .binInt2: push(.int(Int(try reader.number("its pickle", as: UInt16.self))))
    case .long1: push(try longInt(Int(try reader.number("its pickle", as: UInt8.self))))
    case .long4: push(try longInt(Int(try reader.number("its pickle", as: UInt32.self))))
    case .binFloat:
      // The one number that pickles keep with its highest byte first.
      push(.float(Double(bitPattern: try reader.number("its pickle", as: UInt64.self).byteSwapped)))
    default: push(.none)
    }
  }

  private mutating func longInt(_ count: Int) throws(CheckpointError.Rule) -> PickleValue {
    let digits = Array(reader.bytes[try reader.take(count, "its pickle")])
    guard count <= 8 else { return .longInt(digits) }
    var number = (digits.last ?? 0) & 0x80 == 0 ? 0 : -1
    for digit in digits.reversed() { number = number << 8 | Int(digit) }
    return .int(number)
  }

  private mutating func runText(_ code: Opcode) throws(CheckpointError.Rule) {
    let count: Int
    switch code {
    case .shortBinUnicode, .shortBinString, .shortBinBytes: count = Int(try reader.number("its pickle", as: UInt8.self))
    case .binUnicode8, .binBytes8, .byteArray8: count = try reader.count("its pickle")
    default: count = Int(try reader.number("its pickle", as: UInt32.self))
    }
    let range = try reader.take(count, "its pickle")
    switch code {
    case .binUnicode, .shortBinUnicode, .binUnicode8:
      guard let text = String(validating: reader.bytes[range], as: UTF8.self) else {
        throw reader.damaged("its pickle has a text that is not UTF-8")
      }
      push(.text(text))
    // Python 2 did not tell texts from bytes.
    case .binString, .shortBinString: push(.text(String(decoding: reader.bytes[range], as: UTF8.self)))
    default: push(.bytes(Array(reader.bytes[range])))
    }
  }

  /// The numbers and texts of protocol 0, which Python 2 wrote unless told otherwise: each is a line.
  private mutating func runLine(_ code: Opcode) throws(CheckpointError.Rule) {
    let line = try line()
    switch code {
    // Truth values are the only numbers with a zero before them.
    case .int where line.elementsEqual("00".utf8): push(.bool(false))
    case .int where line.elementsEqual("01".utf8): push(.bool(true))
    case .int: push(.int(try wholeNumber(line)))
    case .long: push(.int(try wholeNumber(line.last == UInt8(ascii: "L") ? line.dropLast() : line)))
    case .float:
      guard let number = Double(String(decoding: line, as: UTF8.self)) else {
        throw reader.damaged("its pickle has a number that is none")
      }
      push(.float(number))
    case .string:
      guard let text = TextLiteral.read(line) else { throw reader.damaged("its pickle has a text that is not UTF-8") }
      push(.text(text))
    default:
      guard let text = Self.unescaped(line) else { throw reader.damaged("its pickle has a text with a broken escape") }
      push(.text(text))
    }
  }

  private func wholeNumber(_ line: Slice<UnsafeRawBufferPointer>) throws(CheckpointError.Rule) -> Int {
    guard let number = Int(String(decoding: line, as: UTF8.self)) else {
      throw reader.damaged("its pickle has a number that is none, or too long")
    }
    return number
  }

  /// Python's raw-unicode-escape: each byte is a code point, but `\u` begins a UTF-16 unit and `\U` a code point, of four
  /// and eight hexadecimal digits.
  private static func unescaped(_ line: Slice<UnsafeRawBufferPointer>) -> String? {
    var units: [UInt16] = []
    var rest = line
    while let byte = rest.popFirst() {
      let length =
        switch (byte, rest.first) {
        case (UInt8(ascii: "\\"), UInt8(ascii: "u")): 4
        case (UInt8(ascii: "\\"), UInt8(ascii: "U")): 8
        default: 0
        }
      guard length > 0 else {
        units.append(UInt16(byte))
        continue
      }
      let digits = String(decoding: rest.dropFirst().prefix(length), as: UTF8.self)
      guard digits.utf8.count == length, let number = UInt32(digits, radix: 16) else { return nil }
      if let unit = UInt16(exactly: number) {
        units.append(unit)
      } else {
        guard let scalar = Unicode.Scalar(number) else { return nil }
        units += Character(scalar).utf16
      }
      rest = rest.dropFirst(1 + length)
    }
    return String(validating: units, as: UTF16.self)
  }

  private mutating func runObject(_ code: Opcode) throws(CheckpointError.Rule) {
    switch code {
    case .global: push(.global(try globalOfTwoLines()))
    case .stackGlobal:
      guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
        throw reader.damaged("its pickle imports something without a name")
      }
      push(.global(try allowed(PickleGlobal(module, name))))
    case .reduce, .newObject:
      guard let arguments = heap.items(try pop()), case .global(let global) = try pop() else {
        throw reader.damaged("its pickle calls something that is no function")
      }
      push(try host.call(global, arguments, &heap))
    case .inst:
      let global = try globalOfTwoLines()
      push(try host.call(global, try popToMark(), &heap))
    case .obj:
      let arguments = try popToMark()
      guard case .global(let global) = arguments.first else {
        throw reader.damaged("its pickle makes an object of something that is no class")
      }
      push(try host.call(global, Array(arguments.dropFirst()), &heap))
    case .build:
      let state = try pop()
      host.build(try top(), state, &heap)
    default: push(try host.persistent(try pop(), &heap))
    }
  }

  private func allowed(_ global: PickleGlobal) throws(CheckpointError.Rule) -> PickleGlobal {
    guard host.allows(global) else { throw .forbidden(global.description) }
    return global
  }

  private mutating func globalOfTwoLines() throws(CheckpointError.Rule) -> PickleGlobal {
    var names: [String] = []
    for _ in 0..<2 {
      guard let name = String(validating: try line(), as: UTF8.self) else {
        throw reader.damaged("its pickle imports something whose name is not UTF-8")
      }
      names.append(name)
    }
    return try allowed(PickleGlobal(names[0], names[1]))
  }

  /// The next line, without its end, which is stepped over too.
  private mutating func line() throws(CheckpointError.Rule) -> Slice<UnsafeRawBufferPointer> {
    let start = reader.position
    guard let end = reader.bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else {
      throw reader.damaged("its pickle has a line without end")
    }
    _ = try reader.take(end + 1 - start, "its pickle")
    return reader.bytes[start..<end]
  }

  private mutating func push(_ value: PickleValue) { stack.append(value) }

  private func top() throws(CheckpointError.Rule) -> PickleValue {
    guard let value = stack.last, stack.count > markers.last ?? 0 else { throw empty }
    return value
  }

  private mutating func pop() throws(CheckpointError.Rule) -> PickleValue {
    let value = try top()
    stack.removeLast()
    return value
  }

  private mutating func popToMark() throws(CheckpointError.Rule) -> [PickleValue] {
    guard let mark = markers.popLast(), mark <= stack.count else { throw empty }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private mutating func pushTuple(of count: Int) throws(CheckpointError.Rule) {
    guard stack.count - (markers.last ?? 0) >= count else { throw empty }
    let items = Array(stack.suffix(count))
    stack.removeLast(count)
    push(heap.sequence(items))
  }

  private mutating func appendItems(_ items: [PickleValue]) throws(CheckpointError.Rule) {
    guard case .sequence(let place) = try top() else { throw reader.damaged("its pickle adds to something but a list") }
    heap.append(items, to: place)
  }

  private mutating func setItems(_ items: [PickleValue]) throws(CheckpointError.Rule) {
    guard case .dictionary(let place) = try top(), items.count.isMultiple(of: 2) else {
      throw reader.damaged("its pickle puts a key into something but a dictionary")
    }
    for index in stride(from: 0, to: items.count, by: 2) { heap.set(items[index], items[index + 1], in: place) }
  }

  private func recall(_ place: Int) throws(CheckpointError.Rule) -> PickleValue {
    guard let value = memo[place] else { throw reader.damaged("its pickle recalls what it never kept") }
    return value
  }

  private var empty: CheckpointError.Rule { reader.damaged("its pickle takes from an empty stack") }
}
