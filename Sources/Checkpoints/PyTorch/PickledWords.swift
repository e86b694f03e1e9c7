/// The words of a vocabulary that Python has pickled: a `Lang` of PyTorch's tutorial or what is like it, an object with
/// words and numbers in its attributes, or a dictionary or list alone.
///
/// The pickle is interpreted as that of a checkpoint is: nothing in it is run, and it may name but a few classes, each of
/// which stands for a record of its attributes.
public enum PickledWords {
  /// Larger files are no vocabularies.
  static let largestFile = 256 << 20

  /// Whether a file is a pickle, alone or as `torch.save` writes it.
  ///
  /// Protocols 0 and 1 have no first bytes of their own, and 0 is text as word lists are: there the whole file must be one
  /// pickle of something that can hold words, whatever it asks for.
  public static func isPickle(path: String) -> Bool {
    guard let file = try? MappedFile(path: path), file.count > 2 else { return false }
    return TensorBytes(file).withUnsafeBytes { bytes in
      if bytes[0] == Opcode.proto.rawValue && bytes[1] <= 5 || ZipArchive.begins(bytes) { return true }
      guard bytes[bytes.count - 1] == Opcode.stop.rawValue, file.count <= largestFile else { return false }
      var machine = PickleMachine(bytes, host: AnyHost())
      return switch try? machine.next() {
      case .sequence, .dictionary: machine.position == bytes.count
      default: false
      }
    }
  }

  /// Words and their ids.
  ///
  /// - Parameter isTarget: which of two languages is meant, in a file that holds both, one after the other.
  /// - Throws: `CheckpointError` for a pickle that asks for anything else, is damaged, or holds no words.
  public static func read(path: String, isTarget: Bool = false) throws(CheckpointError) -> [(word: String, id: Int)] {
    let file = try CheckpointOpener.map(path)
    return try CheckpointOpener.named(file) { () throws(CheckpointError.Rule) in
      guard file.count <= largestFile else {
        throw .unsupported(.pytorch, "a pickle of \(file.count) bytes as vocabulary")
      }
      return try pickle(file).withUnsafeBytes { bytes throws(CheckpointError.Rule) in
        var machine = PickleMachine(bytes, host: WordHost())
        let root = try TorchReader.root(&machine).value
        let words = words(root, machine.heap) ?? language(isTarget ? 1 : 0, root, machine.heap)
        guard let words, !words.isEmpty else {
          throw .unsupported(.pytorch, "a pickle that holds no words and numbers")
        }
        return words
      }
    }
  }

  /// The file itself, or what `torch.save` puts into an archive.
  private static func pickle(_ file: MappedFile) throws(CheckpointError.Rule) -> TensorBytes {
    let whole = TensorBytes(file)
    guard whole.withUnsafeBytes(ZipArchive.begins) else { return whole }
    guard let pickle = try ZipArchive(file).entries.first(where: { TorchReader.isPickle($0.name) }) else {
      throw .unsupported(.zip, "an archive without a pickle as vocabulary")
    }
    return try pickle.small(limit: largestFile)
  }

  /// Attributes that hold words, the best first: those from numbers also have the tokens that are no words.
  private static let attributes = [
    "index2word", "idx2word", "itos", "id2word", "word2index", "word2idx", "stoi", "word2id",
  ]

  /// One of two objects with words that stand in a list or a dictionary, such as `(input_lang, output_lang, pairs)`; or
  /// the only one there, as beside the weights of the chatbot tutorial.
  private static func language(_ number: Int, _ root: PickleValue, _ heap: PickleHeap) -> [(word: String, id: Int)]? {
    var values = heap.items(root) ?? []
    if case .dictionary(let place) = root { values = heap.dictionaries[place].map(\.value) }
    let languages = values.compactMap { value -> [(word: String, id: Int)]? in
      guard case .dictionary = value else { return nil }
      return words(value, heap)
    }
    return languages.count == 1 ? languages[0] : languages.count == 2 ? languages[number] : nil
  }

  /// Objects within objects are looked into so far; they may go round in a circle.
  private static let deepest = 4

  private static func words(
    _ value: PickleValue, _ heap: PickleHeap, depth: Int = 0
  ) -> [(word: String, id: Int)]? {
    if let items = heap.items(value) { return list(items) }
    guard depth < deepest, case .dictionary(let place) = value else { return nil }
    let members = heap.dictionaries[place]
    for attribute in attributes {
      for (key, inner) in members {
        if case .text(attribute) = key, let found = words(inner, heap, depth: depth + 1) { return found }
      }
    }
    return table(members)
  }

  private static func list(_ items: [PickleValue]) -> [(word: String, id: Int)]? {
    var words: [(word: String, id: Int)] = []
    for (id, item) in items.enumerated() {
      guard case .text(let word) = item else { return nil }
      words.append((word, id))
    }
    return words
  }

  /// Words to numbers, or numbers to words; of a key that is set twice the last counts.
  private static func table(_ members: [(key: PickleValue, value: PickleValue)]) -> [(word: String, id: Int)]? {
    // By bytes: Python's keys differ where only their Unicode forms do.
    var ids: [[UInt8]: Int] = [:]
    var words: [Int: String] = [:]
    for member in members {
      switch member {
      case (.text(let word), .int(let id)): ids[Array(word.utf8)] = id
      case (.int(let id), .text(let word)): words[id] = word
      default: return nil
      }
    }
    let all =
      ids.map { (word: String(decoding: $0.key, as: UTF8.self), id: $0.value) }
      + words.map { (word: $0.value, id: $0.key) }
    return all.sorted { $0.id < $1.id }
  }
}

/// Takes the classes that vocabularies are kept in for records of their attributes, and the tensors that may lie beside them
/// for tensors.
private struct WordHost: PickleHost {
  private static let records: Set<String> = ["Lang", "Language", "LanguageIndex", "Voc", "Vocab", "Vocabulary"]
  /// Modules that people write themselves; a class of Python's own is none of these, whatever its name.
  private static let foreign: Set<String> = ["os", "posix", "nt", "builtins", "__builtin__", "sys", "subprocess"]
  /// Protocols below 3 make objects by way of this; Python 2 calls its module so.
  private static let makers: Set<PickleGlobal> = [
    PickleGlobal("copyreg", "_reconstructor"), PickleGlobal("copy_reg", "_reconstructor"),
    PickleGlobal("builtins", "object"), PickleGlobal("__builtin__", "object"),
  ]
  private var torch = TorchHost()

  private static func isRecord(_ global: PickleGlobal) -> Bool {
    makers.contains(global) || records.contains(global.name) && !foreign.contains(global.module)
  }

  func allows(_ global: PickleGlobal) -> Bool { Self.isRecord(global) || torch.allows(global) }

  mutating func call(
    _ global: PickleGlobal, _ arguments: [PickleValue], _ heap: inout PickleHeap
  ) throws(CheckpointError.Rule) -> PickleValue {
    guard Self.isRecord(global) else { return try torch.call(global, arguments, &heap) }
    return heap.dictionary()
  }

  mutating func persistent(_ id: PickleValue, _ heap: inout PickleHeap) throws(CheckpointError.Rule) -> PickleValue {
    try torch.persistent(id, &heap)
  }

  func build(_ object: PickleValue, _ state: PickleValue, _ heap: inout PickleHeap) {
    guard case .dictionary(let place) = object, case .dictionary(let source) = state else { return }
    heap.move(source, to: place)
  }
}

/// Lets everything stand for nothing: enough to see whether bytes are a pickle.
private struct AnyHost: PickleHost {
  func allows(_ global: PickleGlobal) -> Bool { true }

  func call(_ global: PickleGlobal, _ arguments: [PickleValue], _ heap: inout PickleHeap) -> PickleValue {
    heap.dictionary()
  }

  func persistent(_ id: PickleValue, _ heap: inout PickleHeap) -> PickleValue { .none }

  func build(_ object: PickleValue, _ state: PickleValue, _ heap: inout PickleHeap) {}
}
