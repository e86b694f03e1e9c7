import Traces

/// Interventions sorted by what they take hold of; of several on one thing the last counts.
struct InterventionPlan: Equatable {
  /// What the interventions of a session are checked against.
  struct Subject: Equatable {
    var attention: [AttentionLayout] = []
    var sourceLength = 0
    var vocabularySize = 0
    var endID = 0

    /// A language model's source is the beginning of what its decoder reads.
    var isPrompt: Bool { !attention.isEmpty && attention.allSatisfy { $0.site == .decoder } }
    /// Rows of decoder self-attention before those of the steps.
    var promptRows: Int { isPrompt ? max(0, sourceLength - 1) : 0 }
  }

  let subject: Subject
  /// The tokens that are given, by step.
  private(set) var forced: [Int: Int] = [:]
  private(set) var hidden: Set<Int> = []
  /// By site; 1 is not kept.
  private(set) var temperatures: [Site: Float] = [:]
  private(set) var silenced: Set<HeadAddress> = []
  /// By head and row.
  private(set) var rows: [HeadAddress: [Int: RowEdit]] = [:]

  /// No interventions.
  init() { subject = Subject() }

  /// - Throws: `ModelError` for what the subject lacks.
  init(_ interventions: [Intervention], subject: Subject) throws {
    self.subject = subject
    for intervention in interventions {
      do {
        try add(intervention)
      } catch let error as ModelError {
        throw ModelError("\(intervention): \(error)")
      }
    }
    try checkHidden()
  }

  private mutating func add(_ intervention: Intervention) throws {
    switch intervention {
    case .force(let token, let step):
      try check(token)
      guard step >= 0 else { throw ModelError("steps count from 0") }
      forced[step] = token
    case .target(let tokens):
      for token in tokens { try check(token) }
      if tokens.dropLast().contains(subject.endID) {
        throw ModelError("nothing can follow the end token \(subject.endID); give it last")
      }
      for (step, token) in tokens.enumerated() { forced[step] = token }
    case .silence(let head):
      _ = try layout(of: head)
      silenced.insert(head)
    case .silenceOthers(let head):
      silenced.formUnion(try layout(of: head).addresses.filter { $0 != head })
    case .hide(let position):
      try requireAttention()
      guard position >= 0 && position < subject.sourceLength else {
        throw ModelError("the source has \(subject.sourceLength) tokens, counted from 0")
      }
      hidden.insert(position)
    case .setRow(let head, let row, let edit):
      _ = try layout(of: head)
      try check(edit, at: head.site, row: row)
      rows[head, default: [:]][row] = edit
    case .temperature(let temperature, let site):
      try set(temperature, at: site)
    }
  }

  private mutating func set(_ temperature: Float, at site: Site?) throws {
    try requireAttention()
    guard (0.001...1000).contains(temperature) else {
      throw ModelError("a temperature is a number from 0.001 to 1000")
    }
    if let site, !subject.attention.contains(where: { $0.site == site }) { throw lacks(site) }
    for layout in subject.attention where site == nil || layout.site == site {
      temperatures[layout.site] = temperature == 1 ? nil : temperature
    }
  }

  private func check(_ token: Int) throws {
    guard token >= 0 && token < subject.vocabularySize else {
      throw ModelError("token id \(token) is outside the target vocabulary of \(subject.vocabularySize)")
    }
  }

  private func check(_ edit: RowEdit, at site: Site, row: Int) throws {
    if site == .encoder && row >= subject.sourceLength {
      throw ModelError("there is no row \(row): the source has \(subject.sourceLength) tokens, counted from 0")
    }
    guard row >= 0 else { throw ModelError("rows count from 0") }
    guard edit.isPossible else { throw ModelError("weights are numbers from 0 with a sum above 0") }
    let columns = site == .decoder ? row + 1 : subject.sourceLength
    switch edit {
    case .column(let column) where column >= columns, .cell(let column, _) where column >= columns:
      throw ModelError("there is no column \(column): row \(row) has \(columns), counted from 0")
    case .weights(let weights) where weights.count != columns:
      throw ModelError("\(weights.count) weights for row \(row), which has \(columns) columns")
    default: break
    }
  }

  private func checkHidden() throws {
    if !hidden.isEmpty && hidden.count == subject.sourceLength {
      throw ModelError("every source token is hidden; leave one to look at")
    }
    for (head, edits) in rows where canHide(at: head.site) {
      for (row, edit) in edits where hidden.contains(where: edit.puts(onColumn:)) {
        throw ModelError("row \(row) of \(head.textWithSite) is set to look at a source token that is hidden")
      }
    }
  }

  private func requireAttention() throws {
    if subject.attention.isEmpty { throw ModelError("this model has no attention") }
  }

  private func layout(of head: HeadAddress) throws -> AttentionLayout {
    guard let layout = subject.attention.first(where: { $0.site == head.site }) else { throw lacks(head.site) }
    guard head.layer >= 0 && head.layer < layout.layers && head.head >= 0 && head.head < layout.heads else {
      throw ModelError(
        "there is no such head: \(head.site.rawValue) attention goes to L\(layout.layers - 1)H\(layout.heads - 1)")
    }
    return layout
  }

  private func lacks(_ site: Site) -> ModelError { ModelError("this model has no \(site.rawValue) attention") }

}

extension RowEdit {
  /// Whether it asks for weight on a column.
  fileprivate func puts(onColumn column: Int) -> Bool {
    switch self {
    case .column(column): true
    case .cell(column, let weight): weight > 0
    case .weights(let weights): column < weights.count && weights[column] > 0
    default: false
    }
  }
}

extension InterventionPlan {
  /// Where a change first shows.
  enum Effect: Equatable {
    /// The source is read differently.
    case reading
    /// From this step on.
    case step(Int)
  }

  /// The first moment at which a run under this plan may differ from one under `other`; nil if none can.
  func firstEffect(comparedWith other: InterventionPlan) -> Effect? {
    let first = min(
      firstRow(comparedWith: other, at: .cross), firstRow(comparedWith: other, at: .decoder) - subject.promptRows,
      Set(forced.keys).union(other.forced.keys).filter { forced[$0] != other.forced[$0] }.min() ?? .max)
    if first < 0 || firstRow(comparedWith: other, at: .encoder) < .max { return .reading }
    return first == .max ? nil : .step(first)
  }

  /// The first row of a site's weights that may differ; `Int.max` if none can.
  private func firstRow(comparedWith other: InterventionPlan, at site: Site) -> Int {
    guard subject.attention.contains(where: { $0.site == site }) else { return .max }
    func silencedHere(_ plan: InterventionPlan) -> Set<HeadAddress> { plan.silenced.filter { $0.site == site } }
    let sharedDiffers =
      temperatures[site] != other.temperatures[site] || silencedHere(self) != silencedHere(other)
      || (canHide(at: site) && hidden != other.hidden)
    if sharedDiffers { return 0 }
    let heads = Set(rows.keys).union(other.rows.keys).filter { $0.site == site }
    let differing = heads.flatMap { head in
      let (mine, others) = (rows[head] ?? [:], other.rows[head] ?? [:])
      return Set(mine.keys).union(others.keys).filter { mine[$0] != others[$0] }
    }
    return differing.min() ?? .max
  }

  /// Whether a site looks at the source.
  func canHide(at site: Site) -> Bool { site != .decoder || subject.isPrompt }
}
