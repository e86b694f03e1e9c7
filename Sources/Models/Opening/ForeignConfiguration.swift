import Foundation
import JSON

/// A JSON configuration of another library, read strictly: every key must be asked for, or be known not to matter.
///
/// Null counts as absent, as it does in those libraries.
struct ForeignConfiguration {
  /// Errors name it.
  let file: String
  private let members: [String: JSONValue]
  private var known: Set<String> = []

  /// - Throws: `ModelError` for what is no JSON object.
  init(_ data: Data, file: String) throws {
    self.file = file
    do {
      members = try Self.members(data)
    } catch {
      throw ModelError("\(file): \(error)")
    }
  }

  /// The members of an object; of a key given twice the last counts, as in Python.
  static func members(_ data: Data) throws -> [String: JSONValue] {
    guard let members = try data.withUnsafeBytes({ try JSONReader.read($0) }).members else {
      throw ModelError("not a JSON object; a model's config.json is needed here")
    }
    return Dictionary(members) { $1 }
  }

  /// Whether the key is there and not null.
  func has(_ key: String) -> Bool {
    if case .null? = members[key] { return false }
    return members[key] != nil
  }

  /// Whether the key is there, if only to say null.
  func mentions(_ key: String) -> Bool { members[key] != nil }

  /// The value as it is written; nil where it is absent or null.
  mutating func value(_ key: String) -> JSONValue? {
    known.insert(key)
    return has(key) ? members[key] : nil
  }

  mutating func int(_ key: String) throws -> Int? {
    guard let value = value(key) else { return nil }
    guard let number = value.int else { throw wrong(key, value, "a whole number") }
    return number
  }

  mutating func int(_ key: String, default standard: Int) throws -> Int { try int(key) ?? standard }

  mutating func float(_ key: String, default standard: Float) throws -> Float {
    guard let value = value(key) else { return standard }
    guard case .number(let digits) = value, let number = Float(digits) else { throw wrong(key, value, "a number") }
    return number
  }

  mutating func bool(_ key: String) throws -> Bool? {
    guard let value = value(key) else { return nil }
    guard case .bool(let flag) = value else { throw wrong(key, value, "true or false") }
    return flag
  }

  mutating func bool(_ key: String, default standard: Bool) throws -> Bool { try bool(key) ?? standard }

  mutating func string(_ key: String) throws -> String? {
    guard let value = value(key) else { return nil }
    guard let text = value.text else { throw wrong(key, value, "a text") }
    return text
  }

  /// Whole numbers, or one alone.
  mutating func ints(_ key: String) throws -> [Int] {
    guard let value = value(key) else { return [] }
    if let number = value.int { return [number] }
    guard let numbers = Self.ints(value) else { throw wrong(key, value, "whole numbers") }
    return numbers
  }

  /// Lists of whole numbers.
  mutating func lists(_ key: String) throws -> [[Int]] {
    guard let value = value(key) else { return [] }
    guard let items = value.items else { throw wrong(key, value, "lists of whole numbers") }
    return try items.map { item in
      guard let numbers = Self.ints(item) else { throw wrong(key, item, "a list of whole numbers") }
      return numbers
    }
  }

  private static func ints(_ value: JSONValue) -> [Int]? {
    guard let items = value.items else { return nil }
    let numbers = items.compactMap(\.int)
    return numbers.count == items.count ? numbers : nil
  }

  /// A value among those that this version computes.
  func refusal(_ key: String, _ found: String, known: [String]) -> ModelError {
    ModelError(
      "\(file): \(key) is \(found); this version of heed computes \(known.joined(separator: ", ")) there")
  }

  /// Keys that change nothing of what is computed.
  mutating func ignore(_ keys: some Sequence<String>) { known.formUnion(keys) }

  /// A key that older files carry: it must say, if it is there, what is computed anyway.
  mutating func expect(_ key: String, _ expected: Bool) throws {
    if let found = try bool(key), found != expected { throw refusal(key, "\(found)", known: ["\(expected)"]) }
  }

  /// The same of a text.
  mutating func expect(_ key: String, _ expected: String) throws {
    if let found = try string(key), found != expected { throw refusal(key, "'\(found)'", known: ["'\(expected)'"]) }
  }

  /// The same of a whole number.
  mutating func expect(_ key: String, _ expected: Int) throws {
    if let found = try int(key), found != expected { throw refusal(key, "\(found)", known: ["\(expected)"]) }
  }

  /// - Throws: `ModelError` for a key that nothing asked for: it could change the result.
  func requireAllKnown() throws {
    if let unknown = members.keys.sorted().first(where: { !known.contains($0) && has($0) }) {
      throw ModelError(
        "\(file): key '\(unknown)' is not understood and could change the result; remove it if it does not")
    }
  }

  func wrong(_ key: String, _ value: JSONValue, _ expected: String) -> ModelError {
    ModelError("\(file): \(key) is \(value.kind) where \(expected) belongs")
  }
}
