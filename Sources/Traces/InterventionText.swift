/// The text of an intervention is the verb and the argument:
///
/// | text | |
/// |---|---|
/// | `force 3=#17` | token 17 at step 3 |
/// | `target #4,#9,#2` | these tokens from the first step on |
/// | `silence L0H3@cross` | |
/// | `silence-others L0H3@cross` | |
/// | `hide 4` | |
/// | `set-row L0H3@cross:2=5` | row 2, all on column 5 |
/// | `set-row L0H3@cross:2=uniform` | |
/// | `set-row L0H3@cross:2=5:0.8` | column 5 gets 0.8 |
/// | `set-row L0H3@cross:2=[0.5,0.5,0]` | |
/// | `temperature 0.5`, `temperature 0.5@decoder` | |
///
/// The `#` before an id may be left out; a head without a site is one of cross-attention.
extension Intervention: LosslessStringConvertible {
  public enum Verb: String, Sendable, CaseIterable {
    case force, target, silence, hide, temperature
    case silenceOthers = "silence-others"
    case setRow = "set-row"
  }

  public var verb: Verb {
    switch self {
    case .force: .force
    case .target: .target
    case .silence: .silence
    case .silenceOthers: .silenceOthers
    case .hide: .hide
    case .setRow: .setRow
    case .temperature: .temperature
    }
  }

  public var argument: String {
    switch self {
    case .force(let token, let step): "\(step)=#\(token)"
    case .target(let tokens): tokens.map { "#\($0)" }.joined(separator: ",")
    case .silence(let head), .silenceOthers(let head): head.textWithSite
    case .hide(let position): "\(position)"
    case .setRow(let head, let row, let edit): "\(head.textWithSite):\(row)=\(edit)"
    case .temperature(let temperature, let site): "\(temperature)" + (site.map { "@\($0.rawValue)" } ?? "")
    }
  }

  public var description: String { "\(verb.rawValue) \(argument)" }

  /// Nil if the text is none of the forms above.
  public init?(_ description: String) {
    let parts = description.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, let verb = Verb(rawValue: String(parts[0])) else { return nil }
    self.init(verb, argument: String(parts[1]))
  }

  /// Nil if the argument is none of the verb's forms. Whether the model has such a head, position or token shows when
  /// it is used.
  public init?(_ verb: Verb, argument: String) {
    guard let intervention = Self.parse(verb, argument) else { return nil }
    self = intervention
  }

  private static func parse(_ verb: Verb, _ argument: String) -> Intervention? {
    switch verb {
    case .silence: return HeadAddress(textWithSite: argument).map(Intervention.silence)
    case .silenceOthers: return HeadAddress(textWithSite: argument).map(Intervention.silenceOthers)
    case .hide: return count(argument).map(Intervention.hide)
    case .target:
      let tokens = list(argument, token)
      return tokens.flatMap { $0.isEmpty ? nil : .target($0) }
    case .force:
      guard let (step, token) = halves(argument, "="), let step = count(step), let token = Self.token(token)
      else { return nil }
      return .force(token: token, step: step)
    case .temperature:
      let (number, site) = halves(argument, "@") ?? (argument, nil)
      guard let temperature = Float(number), temperature > 0, temperature.isFinite else { return nil }
      guard let site else { return .temperature(temperature, site: nil) }
      return Site(rawValue: site).map { .temperature(temperature, site: $0) }
    case .setRow:
      guard let (head, rest) = halves(argument, ":"), let head = HeadAddress(textWithSite: head),
        let (row, edit) = halves(rest, "="), let row = count(row), let edit = RowEdit(edit)
      else { return nil }
      return .setRow(head: head, row: row, edit)
    }
  }

  private static func token(_ text: some StringProtocol) -> Int? {
    count(text.hasPrefix("#") ? String(text.dropFirst()) : String(text))
  }
}

extension RowEdit: LosslessStringConvertible {
  public var description: String {
    switch self {
    case .column(let column): "\(column)"
    case .uniform: "uniform"
    case .cell(let column, let weight): "\(column):\(weight)"
    case .weights(let weights): "[\(weights.map(\.description).joined(separator: ","))]"
    }
  }

  /// Nil for a text of another form, and for weights that cannot be scaled to a sum of 1.
  public init?(_ description: String) {
    if description == "uniform" {
      self = .uniform
    } else if description.hasPrefix("["), description.hasSuffix("]"), description.count > 1 {
      guard let weights = list(String(description.dropFirst().dropLast()), { Float($0) }) else { return nil }
      self = .weights(weights)
    } else if let (column, weight) = halves(description, ":") {
      guard let column = count(column), let weight = Float(weight) else { return nil }
      self = .cell(column: column, weight: weight)
    } else {
      guard let column = count(description) else { return nil }
      self = .column(column)
    }
    if !isPossible { return nil }
  }

  /// Whether the numbers can be weights at all.
  public var isPossible: Bool {
    switch self {
    case .column(let column): return column >= 0
    case .uniform: return true
    case .cell(let column, let weight): return column >= 0 && (0...1).contains(weight)
    case .weights(let weights):
      let sum = weights.reduce(0, +)
      return weights.allSatisfy { $0 >= 0 } && sum > 0 && sum.isFinite
    }
  }
}

extension HeadAddress {
  /// `L0H3@cross`.
  public var textWithSite: String { "\(self)@\(site.rawValue)" }

  /// Reads `L0H3@cross`, or `L0H3` as a head of cross-attention; nil for anything else.
  public init?(textWithSite text: String) {
    let (address, siteName) = halves(text, "@") ?? (text, Site.cross.rawValue)
    guard let site = Site(rawValue: siteName), address.hasPrefix("L"),
      let (layer, head) = halves(String(address.dropFirst()), "H"),
      let layer = count(layer), let head = count(head)
    else { return nil }
    self.init(site: site, layer: layer, head: head)
  }
}

extension Intervention: Codable {
  /// From its text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let intervention = Intervention(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no intervention")
    }
    self = intervention
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// What stands before and after the first `separator`; nil without one.
private func halves(_ text: String, _ separator: Character) -> (String, String)? {
  guard let place = text.firstIndex(of: separator) else { return nil }
  return (String(text[..<place]), String(text[text.index(after: place)...]))
}

/// Digits only, so that no sign or blank slips through.
private func count(_ text: some StringProtocol) -> Int? {
  text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
}

private func list<Item>(_ text: String, _ read: (Substring) -> Item?) -> [Item]? {
  let parts = text.split(separator: ",", omittingEmptySubsequences: false)
  let items = parts.compactMap(read)
  return items.count == parts.count ? items : nil
}
