import Checkpoints
import Explorer
import Foundation
import Traces
import Yams

/// A session as a small file in YAML.
public enum SessionFile {
  static let version = 1
  /// What a file is given if nobody says otherwise.
  public static let defaultName = "session.yaml"
  private static let mostSteps = 1 << 20

  /// Whether a path names a session, not a model.
  public static func isNamed(by path: String) -> Bool {
    let name = path.lowercased()
    guard name.hasSuffix(".yaml") || name.hasSuffix(".yml"), let kind = FileKind(path: path) else { return false }
    return kind != .folder
  }

  public static func text(of session: SavedSession) -> String {
    let quoted = Configuration.quoted
    var lines = [
      "# A session of heed; heed explore with this file comes back to it.", "heed-session: \(version)",
      "model: \(quoted(session.model))",
    ]
    if !session.opening.isEmpty {
      lines += ["# What its files leave open."] + mapping("opening", session.opening)
    }
    lines += [
      "sentence: \(quoted(session.sentence))", "# Tokens that were decoded.", "steps: \(session.steps)",
    ]
    if !session.interventions.isEmpty {
      lines += ["# What was changed on purpose, in order."]
      lines += ["interventions:"] + session.interventions.map { "  - \(quoted($0.description))" }
    }
    if let beam = session.beam {
      lines.append("beam: {width: \(beam.width), length-penalty: \(beam.lengthPenalty)}")
    }
    if !session.besides.isEmpty {
      lines += ["# What stands beside it.", "compare:"]
      lines += session.besides.map { beside in
        switch beside {
        case .model(let name): "  - model: \(quoted(name))"
        case .sentence(let text): "  - sentence: \(quoted(text))"
        }
      }
    }
    lines.append("view: \(session.view)")
    if let head = session.head { lines += ["head: \(head.textWithSite)", "shows: \(session.extent)"] }
    let place = session.cursor
    lines.append(
      "cursor: {step: \(place.step), source: \(place.source), query: \(place.query), read: \(place.read)}")
    if let zoom = session.zoom { lines.append("zoom: \(zoom)") }
    // What is as it is by itself is left out.
    let plain = SavedSession(model: "")
    if session.sort != plain.sort { lines.append("sort: \(session.sort)") }
    if session.showsAllLines { lines.append("lines: all") }
    if session.run != plain.run { lines.append("run: \(session.run)") }
    if session.baseline != plain.baseline { lines.append("compared-with: \(session.baseline)") }
    if let tensor = session.tensor { lines.append("tensor: \(quoted(tensor))") }
    lines += mapping("settings", session.settings)
    return lines.joined(separator: "\n") + "\n"
  }

  private static func mapping(_ name: String, _ values: [String: String]) -> [String] {
    ["\(name):"] + values.sorted { $0.key < $1.key }.map { "  \($0.key): \(Configuration.quoted($0.value))" }
  }

  /// - Returns: false if a file is there that is not to be replaced, and nothing was written.
  /// - Throws: `UserFileError` for a folder, `CheckpointError` with `system`.
  public static func write(_ session: SavedSession, to file: String, replaces: Bool) throws -> Bool {
    guard try Target.isFree(file, replaces: replaces) else { return false }
    try AtomicFile.write(Array(text(of: session).utf8), to: file)
    return true
  }

  /// - Throws: `UserFileError` that names file and line.
  public static func read(_ file: String) throws -> SavedSession {
    guard let bytes = FileManager.default.contents(atPath: file) else {
      throw UserFileError("\(file): cannot be read; give a file that :save has written")
    }
    guard bytes.count <= TolerantYAML.longest, let text = String(validating: bytes, as: UTF8.self) else {
      throw UserFileError("\(file): is no session: larger than \(TolerantYAML.longest) bytes or not UTF-8")
    }
    var session = try parse(text, file: file)
    session.model = path(of: session.model, in: file)
    session.besides = session.besides.map { beside in
      if case .model(let name) = beside { .model(path(of: name, in: file)) } else { beside }
    }
    return session
  }

  /// A path that is not absolute is meant from where the file lies; a name without a slash is one of a model.
  private static func path(of model: String, in file: String) -> String {
    guard model.contains("/"), !model.hasPrefix("/"), !model.hasPrefix("~") else { return model }
    let folder = (file as NSString).deletingLastPathComponent
    return folder.isEmpty ? model : folder + "/" + model
  }

  static func parse(_ text: String, file: String) throws -> SavedSession {
    let yaml = TolerantYAML(text)
    if let problem = yaml.problems.first { throw UserFileError(problem.text(in: file)) }
    guard let mapping = yaml.mapping else {
      throw UserFileError("\(file): is empty; give a file that :save has written")
    }
    let reader = SessionReader(file: file, mapping: mapping)
    try reader.allow([
      "heed-session", "model", "opening", "sentence", "steps", "interventions", "beam", "compare", "view", "head",
      "shows", "cursor", "zoom", "sort", "lines", "run", "compared-with", "tensor", "settings",
    ])
    guard try reader.integer("heed-session", in: 0...Int.max) == version else {
      throw UserFileError("\(file): no `heed-session: \(version)` in it; give a file that :save has written")
    }
    guard let model = try reader.text("model"), !model.isEmpty else {
      throw UserFileError("\(file): `model` is missing; give the path of a model or its name")
    }
    var session = SavedSession(model: model)
    session.opening = try reader.texts("opening")
    session.sentence = try reader.text("sentence") ?? ""
    session.steps = try reader.integer("steps", in: 0...mostSteps) ?? 0
    session.interventions = try reader.interventions()
    session.beam = try reader.beam()
    session.besides = try reader.besides()
    session.view = try reader.choice("view", SavedSession.views) ?? session.view
    session.extent = try reader.choice("shows", SavedSession.extents) ?? session.extent
    session.head = try reader.head()
    session.zoom = try reader.integer("zoom", in: SavedSession.zooms)
    session.sort = try reader.choice("sort", SavedSession.sorts) ?? session.sort
    session.showsAllLines = try reader.choice("lines", ["all", "one"]) == "all"
    session.run = try reader.choice("run", SavedSession.runs) ?? session.run
    session.baseline = try reader.choice("compared-with", SavedSession.baselines) ?? session.baseline
    if let cursor = try reader.section("cursor") {
      let (least, most) = (-mostSteps, mostSteps)
      try cursor.allow(["step", "source", "query", "read"])
      session.cursor = SavedSession.Place(
        step: try cursor.integer("step", in: least...most) ?? 0,
        source: try cursor.integer("source", in: 0...most) ?? 0,
        query: try cursor.integer("query", in: 0...most) ?? 0, read: try cursor.integer("read", in: 0...most) ?? 0)
    }
    session.tensor = try reader.text("tensor")
    session.settings = try reader.settings()
    return session
  }
}

/// A mapping of a session, read strictly.
private struct SessionReader {
  let file: String
  let mapping: Node.Mapping

  func error(_ node: Node?, _ text: String) -> UserFileError {
    UserFileError((node?.mark.map { "\(file):\($0.line)" } ?? file) + ": " + text)
  }

  func allow(_ names: [String]) throws {
    for (key, _) in mapping where !names.contains(key.string ?? "") {
      throw error(key, "unknown key `\(key.string ?? "?")`; there are \(names.joined(separator: ", "))")
    }
  }

  private func node(_ name: String) -> Node? { mapping[name].flatMap { $0.null == nil ? $0 : nil } }

  func text(_ name: String) throws -> String? {
    try node(name).map { node in
      guard let scalar = node.scalar else { throw error(node, "`\(name)` takes a text") }
      return scalar.string
    }
  }

  func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
    try node(name).map { node in
      guard let number = node.int, range.contains(number) else {
        throw error(node, "`\(name)` takes a whole number from \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }
  }

  func choice(_ name: String, _ values: [String]) throws -> String? {
    try text(name).map { value in
      guard values.contains(value) else {
        throw error(node(name), "`\(name)` is one of \(values.joined(separator: ", ")), not \(value)")
      }
      return value
    }
  }

  func section(_ name: String) throws -> SessionReader? {
    try node(name).map { node in
      guard let mapping = node.mapping else { throw error(node, "`\(name)` takes names with values") }
      return SessionReader(file: file, mapping: mapping)
    }
  }

  func head() throws -> HeadAddress? {
    try text("head").map { text in
      guard let head = HeadAddress(textWithSite: text) else {
        throw error(node("head"), "`head` takes a head such as L0H3@cross, not \(text)")
      }
      return head
    }
  }

  func beam() throws -> SavedSession.Beam? {
    guard let beam = try section("beam") else { return nil }
    try beam.allow(["width", "length-penalty"])
    guard let width = try beam.integer("width", in: 1...1000) else {
      throw error(node("beam"), "`beam` takes a width: {width: 5, length-penalty: 0.6}")
    }
    let penalty = try beam.node("length-penalty").map { node in
      guard let number = node.float, number.isFinite else { throw error(node, "`length-penalty` takes a number") }
      return Float(number)
    }
    return SavedSession.Beam(width: width, lengthPenalty: penalty ?? 0)
  }

  func besides() throws -> [SavedSession.Beside] {
    let items = try list("compare")
    guard items.count <= SavedSession.mostBesides else {
      throw error(node("compare"), "`compare` takes \(SavedSession.mostBesides) at the most")
    }
    return try items.map { item in
      guard let mapping = item.mapping else { throw error(item, "`compare` takes lines `- model: NAME`") }
      let beside = SessionReader(file: file, mapping: mapping)
      try beside.allow(["model", "sentence"])
      switch (try beside.text("model"), try beside.text("sentence")) {
      case (let model?, nil): return .model(model)
      case (nil, let sentence?): return .sentence(sentence)
      default: throw error(item, "`compare` takes a model or a sentence")
      }
    }
  }

  private func list(_ name: String) throws -> [Node] {
    guard let node = node(name) else { return [] }
    guard let items = node.sequence else { throw error(node, "`\(name)` takes a list") }
    return Array(items)
  }

  func interventions() throws -> [Intervention] {
    try list("interventions").map { item in
      guard let text = item.scalar?.string, let intervention = Intervention(text) else {
        throw error(item, "no intervention: \(item.scalar?.string ?? "?"); such are `silence L0H3@cross`, `hide 4`")
      }
      return intervention
    }
  }

  func settings() throws -> [String: String] {
    var known = Settings()
    return try texts("settings") { name, text in try known.set(name, to: text) }
  }

  /// Names with texts.
  ///
  /// - Parameter check: throws what is wrong with one of them.
  func texts(_ section: String, check: (String, String) throws -> Void = { _, _ in }) throws -> [String: String] {
    var values: [String: String] = [:]
    for (key, value) in try self.section(section)?.mapping ?? [:] {
      guard let name = key.string, let text = value.scalar?.string else {
        throw error(key, "`\(section)` takes names with values")
      }
      do {
        try check(name, text)
      } catch {
        throw self.error(key, "\(error)")
      }
      values[name] = text
    }
    return values
  }
}
