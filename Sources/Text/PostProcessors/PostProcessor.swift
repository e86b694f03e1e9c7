import JSON

/// Finishes an encoded text: narrows offsets, and adds the tokens that a model was trained to see around a text.
protocol PostProcessor: TokenizerComponent {
  /// Narrows the ranges of tokens that take in spaces.
  ///
  /// - Parameters:
  ///   - text: as typed.
  ///   - piece: the vocabulary's spelling of a token, or of an added token the text with the spaces that it took in.
  func narrow(_ tokens: inout [EncodedToken], in text: [UInt8], piece: (EncodedToken) -> String)
  /// The tokens with what belongs around them.
  func surround(_ tokens: [EncodedToken]) -> [EncodedToken]
}

extension PostProcessor {
  func narrow(_ tokens: inout [EncodedToken], in text: [UInt8], piece: (EncodedToken) -> String) {}
  func surround(_ tokens: [EncodedToken]) -> [EncodedToken] { tokens }
}

/// Every post-processor that can be read; a new one is a new file and a line here.
let knownPostProcessors: [any PostProcessor.Type] = [
  PostProcessorSequence.self, TemplateProcessing.self, BertProcessing.self, RobertaProcessing.self, ByteLevel.self,
]

/// Several post-processors, one after the other.
struct PostProcessorSequence: PostProcessor {
  static let type = "Sequence"
  let processors: [any PostProcessor]

  init(_ fields: JSONFields) throws(TokenizerError) {
    processors = try readComponents(fields, "processors", knownPostProcessors) { $0 as? any PostProcessor }
  }

  var members: [(key: String, value: JSONValue)] { [("processors", .array(processors.map(\.json)))] }

  func narrow(_ tokens: inout [EncodedToken], in text: [UInt8], piece: (EncodedToken) -> String) {
    for processor in processors { processor.narrow(&tokens, in: text, piece: piece) }
  }

  func surround(_ tokens: [EncodedToken]) -> [EncodedToken] { processors.reduce(tokens) { $1.surround($0) } }
}

/// A token that a post-processor adds, with its id.
struct NamedToken: Sendable {
  let name: String
  let id: Int

  init(_ name: String, _ id: Int) {
    self.name = name
    self.id = id
  }

  /// Throws: `TokenizerError` unless the member is `["[CLS]", 101]` or the like.
  init(_ fields: JSONFields, _ key: String) throws(TokenizerError) {
    let items = try fields.array(key)
    guard items.count == 2, case .string(let name) = items[0], case .number(let digits) = items[1],
      let id = Int(digits), id >= 0
    else { throw TokenizerError("\(fields.place(of: key)) is no token with its id") }
    self.name = name
    self.id = id
  }

  var json: JSONValue { .array([.string(name), .int(id)]) }
  var token: EncodedToken { EncodedToken(id: id, range: 0..<0) }
}

/// `[CLS]` before and `[SEP]` after.
struct BertProcessing: PostProcessor {
  static let type = "BertProcessing"
  let sep: NamedToken
  let cls: NamedToken

  init(cls: NamedToken, sep: NamedToken) {
    self.cls = cls
    self.sep = sep
  }

  init(_ fields: JSONFields) throws(TokenizerError) {
    self.init(cls: try NamedToken(fields, "cls"), sep: try NamedToken(fields, "sep"))
  }

  var members: [(key: String, value: JSONValue)] { [("sep", sep.json), ("cls", cls.json)] }

  func surround(_ tokens: [EncodedToken]) -> [EncodedToken] { [cls.token] + tokens + [sep.token] }
}

/// `<s>` before and `</s>` after, and spaces off the offsets.
struct RobertaProcessing: PostProcessor {
  static let type = "RobertaProcessing"
  let sep: NamedToken
  let cls: NamedToken
  let trimsOffsets: Bool
  let addsPrefixSpace: Bool

  init(_ fields: JSONFields) throws(TokenizerError) {
    sep = try NamedToken(fields, "sep")
    cls = try NamedToken(fields, "cls")
    trimsOffsets = try fields.bool("trim_offsets", default: true)
    addsPrefixSpace = try fields.bool("add_prefix_space", default: true)
  }

  var members: [(key: String, value: JSONValue)] {
    [
      ("sep", sep.json), ("cls", cls.json), ("trim_offsets", .bool(trimsOffsets)),
      ("add_prefix_space", .bool(addsPrefixSpace)),
    ]
  }

  func narrow(_ tokens: inout [EncodedToken], in text: [UInt8], piece: (EncodedToken) -> String) {
    if trimsOffsets { tokens.trimSpaces(in: text, keepsPrefixSpace: addsPrefixSpace, piece: piece) }
  }

  func surround(_ tokens: [EncodedToken]) -> [EncodedToken] { [cls.token] + tokens + [sep.token] }
}

extension ByteLevel: PostProcessor {
  func narrow(_ tokens: inout [EncodedToken], in text: [UInt8], piece: (EncodedToken) -> String) {
    if trimsOffsets { tokens.trimSpaces(in: text, keepsPrefixSpace: addsPrefixSpace, piece: piece) }
  }
}

extension [EncodedToken] {
  /// Takes the spaces that byte-level pieces start and end with off their ranges; one space before the first token is
  /// taken for the one that the pre-tokenizer put there.
  fileprivate mutating func trimSpaces(in text: [UInt8], keepsPrefixSpace: Bool, piece: (EncodedToken) -> String) {
    func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == ByteLevel.space || scalar.properties.isWhitespace }
    for index in indices {
      let scalars = [Unicode.Scalar](piece(self[index]).unicodeScalars)
      var leading = scalars.prefix(while: isSpace).count
      let trailing = scalars.reversed().prefix(while: isSpace).count
      var (start, end) = (self[index].range.lowerBound, self[index].range.upperBound)
      if leading == 1, keepsPrefixSpace, index == 0 || start == 0 { leading = 0 }
      // By scalars, as the reference counts, even where they are no spaces.
      for _ in 0..<leading where start < end { start = text.scalar(at: start).end }
      for _ in 0..<trailing where end > start { end = text.scalarStart(before: end) }
      self[index].range = start..<end
    }
  }
}
