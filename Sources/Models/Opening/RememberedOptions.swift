import Checkpoints
import Foundation

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

  private static let remembered: [RememberedOption] = [
    .init("heads", \.heads), .init("source-vocab", isPath: true, \.sourceVocabulary),
    .init("target-vocab", isPath: true, \.targetVocabulary), .init("start-id", \.startID), .init("end-id", \.endID),
    .init("hard-sigmoid", \.isHardSigmoid), .init("source-language", \.sourceLanguage),
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
    for (index, line) in String(decoding: data.prefix(1 << 16), as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false
    ).enumerated() {
      let text = line.trimmingCharacters(in: .whitespaces)
      if text.isEmpty || text.hasPrefix("#") || text == "---" { continue }
      let parts = text.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      guard parts.count == 2, let option = Self.remembered.first(where: { $0.key == parts[0] }) else {
        let keys = Self.remembered.map(\.key).joined(separator: ", ")
        throw ModelError("\(file), line \(index + 1): '\(text)' is not understood; lines are KEY: VALUE of \(keys)")
      }
      var value = Self.unquoted(parts[1])
      if option.isPath && !value.hasPrefix("/") { value = place.file(value) }
      guard option.write(&options, value) else {
        throw ModelError("\(file), line \(index + 1): '\(parts[1])' is no value of \(parts[0])")
      }
    }
    return options
  }

  /// Writes these options beside the model.
  ///
  /// - Throws: `CheckpointError` where the file cannot be written.
  func remember(at place: OpeningPlace) throws {
    let folder = place.folder.standardizedFileURL.path + "/"
    var text = "# What heed was told of the model beside this file; flags of the command line come first.\n"
    for option in Self.remembered {
      guard var value = option.read(self) else { continue }
      if option.isPath {
        let path = URL(fileURLWithPath: value).standardizedFileURL.path
        value = path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path
      }
      text += "\(option.key): \(Self.quoted(value))\n"
    }
    try AtomicFile.write(text.utf8, to: place.file(Self.rememberedFile))
  }

  private static func unquoted(_ text: String) -> String {
    guard text.count >= 2, let mark = text.first, mark == text.last, mark == "\"" || mark == "'" else { return text }
    return text.dropFirst().dropLast().replacingOccurrences(of: "\(mark)\(mark)", with: "\(mark)")
  }

  private static func quoted(_ text: String) -> String {
    let isPlain = text.allSatisfy { $0.isLetter || $0.isNumber || "/._-".contains($0) }
    return isPlain ? text : "'" + text.replacingOccurrences(of: "'", with: "''") + "'"
  }
}
