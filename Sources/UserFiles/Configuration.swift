import Checkpoints
import Explorer
import Foundation
import JSON
import TUI
import Yams

/// A person's settings and keys, as `config.yaml` keeps them.
public struct Configuration: Sendable, Equatable {
  public var settings: Settings
  public var keys: KeyMap

  public init(settings: Settings = Settings(), keys: KeyMap = KeyMap()) {
    self.settings = settings
    self.keys = keys
  }

  /// Takes what a file says over these. A line that cannot be understood is left out, and said in one line that names
  /// file, line and what is wrong. A file that is not there says nothing.
  public mutating func read(_ file: String) -> [String] {
    guard FileManager.default.fileExists(atPath: file) else { return [] }
    guard let bytes = FileManager.default.contents(atPath: file) else { return ["\(file): cannot be read"] }
    guard bytes.count <= TolerantYAML.longest, let text = String(validating: bytes, as: UTF8.self) else {
      return ["\(file): larger than \(TolerantYAML.longest) bytes or not UTF-8; :write-config! writes a new one"]
    }
    return take(text).map { $0.text(in: file) }
  }

  mutating func take(_ text: String) -> [TolerantYAML.Problem] {
    let yaml = TolerantYAML(text)
    var problems = yaml.problems
    for (key, value) in yaml.mapping ?? [:] {
      let name = key.string ?? "?"
      if name == "keys" {
        problems += takeKeys(value)
      } else if let scalar = value.scalar {
        // A setting without a value is not given.
        if value.null != nil { continue }
        do {
          try settings.set(name, to: scalar.string)
        } catch {
          problems.append(.init(line: key.mark?.line, text: error.description))
        }
      } else {
        problems.append(.init(line: key.mark?.line, text: "\(name) takes one value"))
      }
    }
    return problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) }
  }

  private mutating func takeKeys(_ node: Node) -> [TolerantYAML.Problem] {
    if node.null != nil { return [] }
    guard let mapping = node.mapping else {
      return [.init(line: node.mark?.line, text: "keys takes lines such as `step: <Space>`")]
    }
    var problems: [TolerantYAML.Problem] = []
    var wanted: [(name: String, keys: [[Key]])] = []
    var lines: [String: Int] = [:]
    for (key, value) in mapping {
      let name = key.string ?? "?"
      lines[name] = key.mark?.line
      do throws(KeyNotationError) {
        wanted.append((name, try Self.keys(value)))
      } catch {
        problems.append(.init(line: key.mark?.line, text: "\(name): \(error)"))
      }
    }
    return problems + keys.bind(wanted).map { .init(line: lines[$0.name], text: $0.problem) }
  }

  /// One sequence of keys, or a list of them.
  private static func keys(_ node: Node) throws(KeyNotationError) -> [[Key]] {
    var all: [[Key]] = []
    for item in node.sequence.map(Array.init) ?? [node] {
      guard let scalar = item.scalar else {
        throw KeyNotationError(description: "expected keys such as <Space> or [n, <Ctrl-n>]")
      }
      all.append(try Key.sequence(scalar.string))
    }
    return all
  }

  // MARK: Writing

  /// The whole file, with a comment for everything that can be set.
  public var text: String {
    var lines = [
      "# Settings of heed's explorer, written by its command :write-config.",
      "# A line that heed does not understand is reported when it starts, and skipped.",
    ]
    for name in Settings.names {
      guard let (values, help) = Settings.description(of: name), let value = settings.value(of: name) else { continue }
      lines += ["", "# \(help): \(values.joined(separator: ", "))", "\(name): \(value)"]
    }
    lines += [
      "", "# Keys, by the long name of what they do; several as a list: [\"n\", \"<Ctrl-n>\"]. Characters stand for",
      "# themselves, other keys have names: <Space>, <Enter>, <Esc>, <Tab>, <Left>, <PageDown>, <F5>, <Ctrl-r>, <Alt-f>.",
      "# Take away the # before a line to change it.", "keys:",
    ]
    for (name, keys, help) in KeyMap.actions {
      let change = self.keys.changes[name]
      let text = (change ?? keys).map { Self.quoted($0.map(\.notation).joined()) }
      let value = text.count == 1 ? text[0] : "[\(text.joined(separator: ", "))]"
      lines.append((change == nil ? "  # " : "  ") + "\(name): \(value)  # \(help)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A text of JSON is one of YAML.
  static func quoted(_ text: String) -> String {
    String(decoding: JSONWriter.write(.string(text), style: .line), as: UTF8.self)
  }

  /// - Returns: false if a file is there that says something else, and nothing was written.
  /// - Throws: `UserFileError` for a folder, `CheckpointError` with `system`.
  public func write(to file: String, replaces: Bool) throws -> Bool {
    let bytes = Data(text.utf8)
    guard try Target.isFree(file, replaces: replaces, isSame: { $0 == bytes }) else { return false }
    let folder = (file as NSString).deletingLastPathComponent
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw UserFileError("\(folder): this folder cannot be made; check the path and its permissions")
    }
    // Settings are often a link into a folder of settings; that stays one.
    try AtomicFile.write(bytes, to: (file as NSString).resolvingSymlinksInPath)
    return true
  }
}
