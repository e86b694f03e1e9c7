/// One key of `config.json` and the property that it stands for: a list of them is all that reading, writing and
/// telling a misspelt key need.
public struct ConfigurationField<Configuration>: Sendable {
  public let key: String
  let read: @Sendable (inout Configuration, KeyedDecodingContainer<ConfigurationKey>) throws -> Void
  let write: @Sendable (Configuration, inout KeyedEncodingContainer<ConfigurationKey>) throws -> Void

  init<Value: Codable & SendableMetatype>(_ key: String, _ property: WritableKeyPath<Configuration, Value> & Sendable) {
    let name = ConfigurationKey(key)
    self.key = key
    read = { if let value = try $1.decodeIfPresent(Value.self, forKey: name) { $0[keyPath: property] = value } }
    write = { try $1.encode($0[keyPath: property], forKey: name) }
  }

  /// A property that may be absent; then nothing is written.
  init<Value: Codable & SendableMetatype>(
    optional key: String, _ property: WritableKeyPath<Configuration, Value?> & Sendable
  ) {
    let name = ConfigurationKey(key)
    self.key = key
    read = { if let value = try $1.decodeIfPresent(Value.self, forKey: name) { $0[keyPath: property] = value } }
    write = { try $1.encodeIfPresent($0[keyPath: property], forKey: name) }
  }

  /// A property that is written only where it differs from what holds without it.
  init<Value: Codable & Equatable & Sendable & SendableMetatype>(
    _ key: String, _ property: WritableKeyPath<Configuration, Value> & Sendable, unless standard: Value
  ) {
    let name = ConfigurationKey(key)
    self.key = key
    read = { if let value = try $1.decodeIfPresent(Value.self, forKey: name) { $0[keyPath: property] = value } }
    write = { if $0[keyPath: property] != standard { try $1.encode($0[keyPath: property], forKey: name) } }
  }

  /// A list; an empty one is not written.
  init<Element: Codable & SendableMetatype>(
    list key: String, _ property: WritableKeyPath<Configuration, [Element]> & Sendable
  ) {
    let name = ConfigurationKey(key)
    self.key = key
    read = { if let value = try $1.decodeIfPresent([Element].self, forKey: name) { $0[keyPath: property] = value } }
    write = { if !$0[keyPath: property].isEmpty { try $1.encode($0[keyPath: property], forKey: name) } }
  }
}

struct ConfigurationKey: CodingKey {
  let stringValue: String
  let intValue: Int? = nil

  init(_ key: String) { stringValue = key }
  init(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { nil }
}
