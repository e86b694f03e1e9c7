import Checkpoints
import Foundation
import Yams

/// One thing that a person says of a model: its flag without the dashes, which is also its key in `heed.yaml`.
private struct RememberedOption: Sendable {
  let key: String
  /// Whether its value is a path, which is kept relative to the folder if it lies there.
  var isPath = false
  let read: @Sendable (OpeningOptions) -> String?
  /// False for a value of another kind.
  let write: @Sendable (inout OpeningOptions, String) -> Bool

  init(_ key: String, _ property: WritableKeyPath<OpeningOptions, Int?> & Sendable) {
    self.key = key
    read = { $0[keyPath: property].map(String.init) }
    write = { options, text in
      guard let number = Int(text) else { return false }
      options[keyPath: property] = options[keyPath: property] ?? number
      return true
    }
  }

  init(_ key: String, isPath: Bool = false, _ property: WritableKeyPath<OpeningOptions, String?> & Sendable) {
    self.key = key
    self.isPath = isPath
    read = { $0[keyPath: property] }
    write = { options, text in
      options[keyPath: property] = options[keyPath: property] ?? text
      return !text.isEmpty
    }
  }

  init<Choice: RawRepresentable<String> & SendableMetatype>(
    _ key: String, _ property: WritableKeyPath<OpeningOptions, Choice?> & Sendable, choice: Choice.Type
  ) {
    self.key = key
    read = { $0[keyPath: property]?.rawValue }
    write = { options, text in
      guard let choice = Choice(rawValue: text) else { return false }
      options[keyPath: property] = options[keyPath: property] ?? choice
      return true
    }
  }

  init(_ key: String, _ property: WritableKeyPath<OpeningOptions, Bool?> & Sendable) {
    self.key = key
    read = { $0[keyPath: property].map { $0 ? "true" : "false" } }
    write = { options, text in
      guard let flag = Bool(text) else { return false }
      options[keyPath: property] = options[keyPath: property] ?? flag
      return true
    }
  }
}

extension OpeningOptions {
  /// What a person's answers are kept in, beside the checkpoint.
  static let rememberedFile = "heed.yaml"
  private static let mostBytes = 1 << 16

  private static let remembered: [RememberedOption] = [
    .init("heads", \.heads), .init("source-vocab", isPath: true, \.sourceVocabulary),
    .init("target-vocab", isPath: true, \.targetVocabulary), .init("start-id", \.startID), .init("end-id", \.endID),
    .init("hard-sigmoid", \.isHardSigmoid), .init("reset-after", \.resetsAfter),
    .init("source-language", \.sourceLanguage),
    .init("target-language", \.targetLanguage), .init("query-projection", \.queryProjection),
    .init("decoder-state", \.decoderState, choice: Seq2SeqConfiguration.DecoderState.self),
    .init("positions", \.positions, choice: TransformerConfiguration.Positions.self),
    .init("source-length", \.sourceLength), .init("target-length", \.targetLength),
  ]

  /// These options, and for what they leave open what the `heed.yaml` beside the model says.
  ///
  /// - Throws: `ModelError` that names the file and the line that is not understood.
  func filled(from place: OpeningPlace) throws -> OpeningOptions {
    let file = place.file(Self.rememberedFile)
    guard let data = FileManager.default.contents(atPath: file) else { return self }
    var options = self
    for (key, value) in try Self.members(data, file: file) {
      let line = "\(file), line \((key.mark ?? value.mark)?.line ?? 1)"
      do {
        try options.fill(key.string ?? "", with: value.scalar?.string ?? "", pathsFrom: place)
      } catch {
        throw ModelError("\(line): \(error)")
      }
    }
    return options
  }

  /// Says one thing by its name, unless it has been said.
  private mutating func fill(_ key: String, with text: String, pathsFrom place: OpeningPlace?) throws(ModelError) {
    guard let option = Self.remembered.first(where: { $0.key == key }) else {
      let keys = Self.remembered.map(\.key).joined(separator: ", ")
      throw ModelError("'\(key)' is not understood; lines are KEY: VALUE of \(keys)")
    }
    guard !text.isEmpty else { throw ModelError("\(key) needs one value") }
    let value = option.isPath && !text.hasPrefix("/") ? place?.file(text) ?? text : text
    guard option.write(&self, value) else { throw ModelError("'\(value)' is no value of \(key)") }
  }

  /// What is said, by the names of the flags without their dashes.
  public var named: [String: String] {
    var named: [String: String] = [:]
    for option in Self.remembered {
      named[option.key] = option.read(self).map {
        option.isPath ? URL(fileURLWithPath: $0).standardizedFileURL.path : $0
      }
    }
    return named
  }

  /// These options, and for what they leave open what is said by name; paths are from the root or the working folder.
  ///
  /// - Throws: `ModelError` for a name or a value that is not understood.
  public func filled(from named: [String: String]) throws(ModelError) -> OpeningOptions {
    var options = self
    for (key, text) in named.sorted(by: { $0.key < $1.key }) { try options.fill(key, with: text, pathsFrom: nil) }
    return options
  }

  private static func members(_ data: Data, file: String) throws -> Node.Mapping {
    let node: Node?
    do {
      node = try Yams.compose(yaml: String(decoding: data.prefix(mostBytes), as: UTF8.self))
    } catch {
      let reason = "\(error)".split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
      throw ModelError("\(file): is not valid YAML: \(reason)")
    }
    // A file of nothing but comments is null.
    guard let node, node.null == nil else { return Node.Mapping([]) }
    guard let members = node.mapping else {
      throw ModelError("\(file), line \(node.mark?.line ?? 1): is not understood; lines are KEY: VALUE")
    }
    return members
  }

  /// Writes these options beside the model.
  ///
  /// - Throws: `CheckpointError` where the file cannot be written.
  func remember(at place: OpeningPlace) throws {
    let folder = place.folder.standardizedFileURL.path + "/"
    var members: [(Node, Node)] = []
    for option in Self.remembered {
      guard var value = option.read(self) else { continue }
      if option.isPath {
        let path = URL(fileURLWithPath: value).standardizedFileURL.path
        value = path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path
      }
      members.append((Node(option.key), Node(value)))
    }
    let title = "# What heed was told of the model beside this file; flags of the command line come first.\n"
    let text = members.isEmpty ? "" : try Yams.serialize(node: Node(members), width: -1, allowUnicode: true)
    try AtomicFile.write((title + text).utf8, to: place.file(Self.rememberedFile))
  }
}
