import Foundation
import Yams

/// One mapping of a recipe, read strictly: an unknown key, a wrong type or a value out of range is an error that names
/// the file, the line, the key and what is allowed.
struct RecipeSection {
  /// Larger files are no recipes.
  static let maximumBytes = 1 << 20

  let file: String
  /// Dotted path from the top of the file, e.g. `training.schedule`; empty at the top.
  let path: String
  let node: Node
  private let mapping: Node.Mapping

  /// Reads a whole file.
  static func read(file: String) throws -> (section: RecipeSection, text: String) {
    guard let bytes = FileManager.default.contents(atPath: file) else {
      throw TrainingError("\(file): cannot be read; give the path of a recipe in YAML")
    }
    guard bytes.count <= maximumBytes, let text = String(validating: bytes, as: UTF8.self) else {
      throw TrainingError("\(file): is not a recipe in YAML: larger than \(maximumBytes) bytes or not UTF-8")
    }
    return (try RecipeSection(text: text, file: file), text)
  }

  init(text: String, file: String) throws {
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw TrainingError("\(file): is not valid YAML: \(Self.oneLine(error))")
    }
    guard let root else { throw TrainingError("\(file): is empty; a recipe needs at least `data` and `output`") }
    try self.init(node: root, file: file, path: "")
  }

  private init(node: Node, file: String, path: String) throws {
    guard let mapping = node.mapping else {
      throw TrainingError("\(Self.place(file, node)): \(path.isEmpty ? "the recipe" : path): expected keys with values")
    }
    self.file = file
    self.path = path
    self.node = node
    self.mapping = mapping
  }

  /// - Throws: `TrainingError` for the first key that is not in `keys`; Yams has refused a key that stands twice.
  func allow(_ keys: [String]) throws {
    for (key, _) in mapping {
      let name = key.string ?? "?"
      if keys.contains(name) { continue }
      throw TrainingError(
        "\(Self.place(file, key)): unknown key `\(full(name))`; allowed: \(keys.joined(separator: ", "))")
    }
  }

  /// The section under `key`, nil where it is not given.
  func section(_ key: String) throws -> RecipeSection? {
    try value(key).map { try RecipeSection(node: $0, file: file, path: full(key)) }
  }

  func string(_ key: String) throws -> String? {
    try value(key).map { node in
      guard let scalar = node.scalar else { throw wrong(key, node, "expected text") }
      return scalar.string
    }
  }

  /// One text or a list of them.
  func strings(_ key: String) throws -> [String]? {
    try value(key).map { node in
      let items = node.sequence.map(Array.init) ?? [node]
      return try items.map { item in
        guard let scalar = item.scalar else { throw wrong(key, item, "expected text or a list of texts") }
        return scalar.string
      }
    }
  }

  func bool(_ key: String) throws -> Bool? {
    try value(key).map { node in
      guard let bool = node.bool else { throw wrong(key, node, "expected true or false") }
      return bool
    }
  }

  func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
    try value(key).map { node in
      guard let number = node.int, range.contains(number) else {
        throw wrong(key, node, "expected a whole number \(Self.words(range))")
      }
      return number
    }
  }

  func integers(_ key: String, in range: ClosedRange<Int>) throws -> [Int]? {
    try value(key).map { node in
      let numbers = node.sequence?.map { $0.int } ?? []
      return try numbers.map { number in
        guard let number, range.contains(number) else {
          throw wrong(key, node, "expected a list of whole numbers \(Self.words(range))")
        }
        return number
      }
    }
  }

  func number(_ key: String, in range: ClosedRange<Double>) throws -> Double? {
    try value(key).map { node in
      guard let number = node.float ?? node.int.map(Double.init), range.contains(number) else {
        throw wrong(key, node, "expected a number from \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }
  }

  func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, _: Choice.Type = Choice.self) throws -> Choice?
  where Choice.RawValue == String {
    try value(key).map { node in
      guard let choice = node.scalar.flatMap({ Choice(rawValue: $0.string) }) else {
        throw wrong(key, node, "expected one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      return choice
    }
  }

  /// Keys that are given with a value, in the file's order.
  var keys: [String] { mapping.compactMap { key, value in value.null == nil ? key.string : nil } }

  /// The whole section as `Value`, of whose keys only `keys` may be given.
  func decode<Value: Decodable>(_: Value.Type = Value.self, allowing keys: [String]) throws -> Value {
    try allow(keys)
    do {
      return try YAMLDecoder().decode(Value.self, from: node)
    } catch {
      throw TrainingError("\(Self.place(file, node)): `\(path)`: \(Self.oneLine(error))")
    }
  }

  /// The error for a section whose parts contradict each other.
  func contradiction(_ reason: String) -> TrainingError {
    TrainingError("\(Self.place(file, node)): `\(path)`: \(reason)")
  }

  /// The error for a key that must be given.
  func missing(_ key: String, expected: String) -> TrainingError {
    TrainingError("\(Self.place(file, node)): key `\(full(key))` is missing; expected \(expected)")
  }

  /// The error for a value that contradicts another one.
  func wrong(_ key: String, because reason: String) -> TrainingError {
    mapping[key].map { wrong(key, $0, reason) } ?? TrainingError("\(file): `\(full(key))`: \(reason)")
  }

  private func wrong(_ key: String, _ node: Node, _ expected: String) -> TrainingError {
    let given = node.scalar.map { " is `\($0.string)`" } ?? " is \(node.sequence == nil ? "a mapping" : "a list")"
    return TrainingError("\(Self.place(file, node)): `\(full(key))`\(given); \(expected)")
  }

  /// The node of a key; a key without a value counts as not given.
  private func value(_ key: String) throws -> Node? {
    guard let node = mapping[key], node.null == nil else { return nil }
    return node
  }

  private func full(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  private static func place(_ file: String, _ node: Node) -> String {
    node.mark.map { "\(file):\($0.line)" } ?? file
  }

  private static func words(_ range: ClosedRange<Int>) -> String {
    range.upperBound == .max ? "of at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
  }

  private static func oneLine(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "key `\(key.stringValue)` is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
      DecodingError.dataCorrupted(let context):
      "\(context.codingPath.map(\.stringValue).joined(separator: ".")): \(context.debugDescription)"
    default: "\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
    }
  }
}
