/// A JSON document that keeps what Foundation's readers lose: the order of members, names given twice, names that
/// differ only in Unicode form (a vocabulary holds both forms of `é`), and numbers as they were written.
public enum JSONValue: Sendable {
  case null
  case bool(Bool)
  /// As written, e.g. `12` or `-1e3`.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([(key: String, value: JSONValue)])

  public static func int(_ value: Int) -> JSONValue { .number(String(value)) }

  /// The shortest number that reads back as the same `Float`; null for what JSON cannot write, such as not-a-number.
  public static func float(_ value: Float) -> JSONValue { value.isFinite ? .number(value.description) : .null }

  /// What it is, in words for an error message.
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }
}
