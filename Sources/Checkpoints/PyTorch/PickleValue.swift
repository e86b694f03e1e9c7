/// A name that a pickle asks Python to import.
struct PickleGlobal: Hashable {
  var module: String
  var name: String

  init(_ module: String, _ name: String) {
    self.module = module
    self.name = name
  }

  var description: String { "\(module).\(name)" }
}

/// What a pickle builds. Containers are kept in a heap and referred to by place, so that what is nested deeply or in a
/// circle costs no stack and is let go at once.
enum PickleValue {
  case none
  case bool(Bool)
  case int(Int)
  /// Too long for an `Int`: two's complement, little-endian.
  case longInt([UInt8])
  case float(Double)
  case text(String)
  case bytes([UInt8])
  case global(PickleGlobal)
  /// A list, a tuple or a set.
  case sequence(Int)
  case dictionary(Int)
  /// Something of the host's, by its own numbering.
  case object(Int)
}

/// The containers of one pickle.
struct PickleHeap {
  private(set) var sequences: [[PickleValue]] = []
  private(set) var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []

  mutating func sequence(_ items: [PickleValue] = []) -> PickleValue {
    sequences.append(items)
    return .sequence(sequences.count - 1)
  }

  mutating func dictionary() -> PickleValue {
    dictionaries.append([])
    return .dictionary(dictionaries.count - 1)
  }

  mutating func append(_ items: some Sequence<PickleValue>, to place: Int) { sequences[place] += items }

  mutating func set(_ key: PickleValue, _ value: PickleValue, in place: Int) {
    dictionaries[place].append((key, value))
  }

  func items(_ value: PickleValue) -> [PickleValue]? {
    if case .sequence(let place) = value { sequences[place] } else { nil }
  }

  /// Moves the entries of one dictionary to another; they are not copied, so that a pickle that does it again and
  /// again gains no memory by it.
  mutating func move(_ source: Int, to place: Int) {
    guard source != place else { return }
    dictionaries[place] += dictionaries[source]
    dictionaries[source] = []
  }

  /// The items of a list, which is empty afterwards.
  mutating func takeItems(_ value: PickleValue) -> [PickleValue] {
    guard case .sequence(let place) = value else { return [] }
    defer { sequences[place] = [] }
    return sequences[place]
  }

  /// A tuple of whole numbers from 0 up, not more than a tensor has dimensions.
  func sizes(_ value: PickleValue) -> [Int]? {
    guard let items = items(value), items.count <= 64 else { return nil }
    var sizes: [Int] = []
    for item in items {
      guard case .int(let size) = item, size >= 0 else { return nil }
      sizes.append(size)
    }
    return sizes
  }
}
