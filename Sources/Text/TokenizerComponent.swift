import JSON

/// A part of a tokenizer that a `tokenizer.json` names by its `type`.
protocol TokenizerComponent: Sendable {
  static var type: String { get }
  /// Throws: `TokenizerError` for what is missing, of the wrong type or not understood.
  init(_ fields: JSONFields) throws(TokenizerError)
  /// The members beside `type`.
  var members: [(key: String, value: JSONValue)] { get }
}

extension TokenizerComponent {
  var json: JSONValue { .object([("type", .string(Self.type))] + members) }
}

/// Reads the component that an object's `type` names.
///
/// Throws: `TokenizerError` for an unknown type: to leave a component out would give other ids without a word.
func readComponent<Component>(
  _ value: JSONValue, at place: String, _ known: [any TokenizerComponent.Type],
  _ cast: (any TokenizerComponent) -> Component?
) throws(TokenizerError) -> Component {
  let fields = try JSONFields(value, at: place)
  let type = try fields.string("type")
  guard let found = known.first(where: { $0.type == type }), let component = cast(try found.init(fields)) else {
    throw TokenizerError(
      "\(place) is of type \(type), which heed does not read",
      advice: "use one of " + known.map { $0.type }.joined(separator: ", "))
  }
  return component
}

/// Reads a list of components, as every `Sequence` holds one.
func readComponents<Component>(
  _ fields: JSONFields, _ key: String, _ known: [any TokenizerComponent.Type],
  _ cast: (any TokenizerComponent) -> Component?
) throws(TokenizerError) -> [Component] {
  var components: [Component] = []
  for (index, value) in try fields.array(key).enumerated() {
    components.append(try readComponent(value, at: "\(fields.place(of: key))[\(index)]", known, cast))
  }
  return components
}
