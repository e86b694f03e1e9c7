import JSON

/// Byte-pair encoding (Sennrich et al. 2016) over Unicode scalars: of the neighbours that can merge, those whose merge
/// ranks first do, the leftmost first, until none can.
struct BytePairEncoding: TokenModel {
  struct Pair: Hashable, Sendable {
    var left: Int32
    var right: Int32

    func hash(into hasher: inout Hasher) {
      hasher.combine(UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right)))
    }
  }

  struct Merge: Sendable {
    var rank: Int32
    var id: Int32
  }

  /// What varies between libraries.
  struct Options: Sendable, Equatable {
    /// One unknown token for a run of unknown scalars.
    var fusesUnknown = false
    /// Starts a piece that goes on with a word: `##`.
    var prefix = ""
    /// Ends a piece that ends a word: `</w>`.
    var suffix = ""
    /// An unknown scalar becomes its bytes, `<0xC3>`.
    var fallsBackToBytes = false
    /// A piece of the vocabulary is taken whole, whatever the merges say.
    var ignoresMerges = false
  }

  static let type = "BPE"
  let vocabulary: Vocabulary
  let unknownID: Int?
  let options: Options
  private let bytes: BytePieces?
  private let pairs: [Pair]
  private let merges: [Pair: Merge]

  /// Throws: `TokenizerError` if a pair, or what it merges to, is not in the vocabulary, or stands there twice.
  init(
    _ vocabulary: Vocabulary, merges list: [(left: String, right: String)], unknownID: Int?,
    options: Options = Options(), at place: String = "merges"
  ) throws(TokenizerError) {
    var pairs: [Pair] = []
    var merges: [Pair: Merge] = [:]
    pairs.reserveCapacity(list.count)
    merges.reserveCapacity(list.count)
    for (rank, (left, right)) in list.enumerated() {
      guard let first = vocabulary.id(of: left), let second = vocabulary.id(of: right),
        let joined = vocabulary.id(of: left + options.unprefixed(right))
      else { throw TokenizerError("\(place)[\(rank)] merges \(left) and \(right), which the vocabulary lacks") }
      let pair = Pair(left: Int32(clamping: first), right: Int32(clamping: second))
      let merge = Merge(rank: Int32(clamping: rank), id: Int32(clamping: joined))
      if merges.updateValue(merge, forKey: pair) != nil {
        throw TokenizerError("\(place)[\(rank)] merges \(left) and \(right) again")
      }
      pairs.append(pair)
    }
    self.vocabulary = vocabulary
    self.unknownID = unknownID
    self.options = options
    bytes = options.fallsBackToBytes ? BytePieces(vocabulary) : nil
    self.pairs = pairs
    self.merges = merges
  }

  init(_ fields: JSONFields) throws(TokenizerError) {
    let vocabulary = try Vocabulary(fields.vocabularyEntries(), at: fields.place(of: "vocab"))
    var list: [(left: String, right: String)] = []
    for (index, value) in try fields.array("merges").enumerated() {
      list.append(try Self.pair(value, at: "\(fields.place(of: "merges"))[\(index)]"))
    }
    // Dropout is for training; the reference library applies it whenever it is set.
    if try fields.value("dropout") != nil {
      throw TokenizerError("\(fields.place(of: "dropout")) is set, which heed does not read", advice: "set it to null")
    }
    try self.init(
      vocabulary, merges: list, unknownID: fields.unknownID(in: vocabulary), options: Options(fields),
      at: fields.place(of: "merges"))
  }

  /// A merge as `["a", "b"]`, or as older files have it, `"a b"`.
  private static func pair(
    _ value: JSONValue, at place: String
  ) throws(TokenizerError) -> (left: String, right: String) {
    switch value {
    case .array(let items):
      if items.count == 2, case .string(let left) = items[0], case .string(let right) = items[1] {
        return (left, right)
      }
    case .string(let text):
      let parts = text.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false)
      if parts.count == 2 { return (String(parts[0]), String(parts[1])) }
    default: break
    }
    throw TokenizerError("\(place) is no pair of pieces")
  }

  var members: [(key: String, value: JSONValue)] {
    [
      ("dropout", .null),
      ("unk_token", unknownID.flatMap { vocabulary[$0] }.map { .string($0) } ?? .null),
      ("continuing_subword_prefix", options.prefix.isEmpty ? .null : .string(options.prefix)),
      ("end_of_word_suffix", options.suffix.isEmpty ? .null : .string(options.suffix)),
      ("fuse_unk", .bool(options.fusesUnknown)), ("byte_fallback", .bool(options.fallsBackToBytes)),
      ("ignore_merges", .bool(options.ignoresMerges)),
      ("vocab", vocabulary.json),
      (
        "merges",
        .array(
          pairs.map {
            .array([.string(vocabulary[Int($0.left)] ?? ""), .string(vocabulary[Int($0.right)] ?? "")])
          })
      ),
    ]
  }

  func encode(_ bytes: [UInt8], _ piece: Range<Int>, into tokens: inout [ModelToken]) {
    if options.ignoresMerges, let id = vocabulary.id(of: bytes, piece) {
      tokens.append(ModelToken(id: id, range: piece))
      return
    }
    var chain = symbols(bytes, piece)
    if chain.count > 1 { merge(&chain) }
    for symbol in chain where symbol.isAlive {
      tokens.append(ModelToken(id: Int(symbol.id), range: symbol.range))
    }
  }

  /// A link of the chain of symbols that are being merged.
  private struct Symbol {
    var id: Int32
    var range: Range<Int>
    var previous: Int
    var next: Int
    var isAlive = true
  }

  private func symbols(_ text: [UInt8], _ piece: Range<Int>) -> [Symbol] {
    var chain: [Symbol] = []
    func add(_ id: Int, _ range: Range<Int>) {
      let index = chain.count
      chain.append(Symbol(id: Int32(clamping: id), range: range, previous: index - 1, next: index + 1))
    }
    var position = piece.lowerBound
    var wasUnknown = false
    while position < piece.upperBound {
      let end = text.scalar(at: position).end
      let known = id(text, position..<end, in: piece)
      if let known {
        add(known, position..<end)
      } else if let ids = bytes?.ids(of: text[position..<end]) {
        for (offset, id) in ids.enumerated() { add(id, position + offset..<position + offset + 1) }
      } else if wasUnknown, options.fusesUnknown {
        chain[chain.count - 1].range = chain[chain.count - 1].range.lowerBound..<end
      } else if let unknownID {
        add(unknownID, position..<end)
      }
      wasUnknown = known == nil && unknownID != nil
      position = end
    }
    return chain
  }

  /// The id of one scalar of a piece.
  private func id(_ text: [UInt8], _ scalar: Range<Int>, in piece: Range<Int>) -> Int? {
    let isMarked = !options.prefix.isEmpty || !options.suffix.isEmpty
    guard isMarked else { return vocabulary.id(of: text, scalar) }
    let marked =
      (scalar.lowerBound > piece.lowerBound ? Array(options.prefix.utf8) : []) + text[scalar]
      + (scalar.upperBound == piece.upperBound ? Array(options.suffix.utf8) : [])
    return vocabulary.id(of: marked, 0..<marked.count)
  }

  /// A merge that was possible when it was put in the queue.
  private struct Waiting: Comparable {
    var rank: Int32
    var index: Int
    var id: Int32

    static func < (first: Waiting, second: Waiting) -> Bool {
      (first.rank, first.index) < (second.rank, second.index)
    }
  }

  private func merge(_ chain: inout [Symbol]) {
    var queue = Queue<Waiting>()
    for index in 0..<chain.count - 1 { enqueue(index, chain, &queue) }
    while let first = queue.popFirst() {
      let left = chain[first.index]
      guard left.isAlive, left.next < chain.count else { continue }
      let right = chain[left.next]
      guard merges[Pair(left: left.id, right: right.id)]?.id == first.id else { continue }
      chain[left.next].isAlive = false
      chain[first.index].id = first.id
      chain[first.index].range = left.range.lowerBound..<right.range.upperBound
      chain[first.index].next = right.next
      if right.next < chain.count { chain[right.next].previous = first.index }
      if left.previous >= 0 { enqueue(left.previous, chain, &queue) }
      enqueue(first.index, chain, &queue)
    }
  }

  private func enqueue(_ index: Int, _ chain: [Symbol], _ queue: inout Queue<Waiting>) {
    let next = chain[index].next
    guard next < chain.count else { return }
    guard let merge = merges[Pair(left: chain[index].id, right: chain[next].id)] else { return }
    queue.insert(Waiting(rank: merge.rank, index: index, id: merge.id))
  }
}

extension BytePairEncoding.Options {
  init(_ fields: JSONFields) throws(TokenizerError) {
    fusesUnknown = try fields.bool("fuse_unk", default: false)
    prefix = try fields.optionalString("continuing_subword_prefix") ?? ""
    suffix = try fields.optionalString("end_of_word_suffix") ?? ""
    fallsBackToBytes = try fields.bool("byte_fallback", default: false)
    ignoresMerges = try fields.bool("ignore_merges", default: false)
  }

  /// The right half of a merge as it stands in what the merge makes.
  fileprivate func unprefixed(_ piece: String) -> String {
    let scalars = piece.unicodeScalars
    guard !prefix.isEmpty, scalars.starts(with: prefix.unicodeScalars) else { return piece }
    return String(String.UnicodeScalarView(scalars.dropFirst(prefix.unicodeScalars.count)))
  }
}
