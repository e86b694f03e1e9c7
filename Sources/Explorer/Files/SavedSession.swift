import Traces

/// All that is needed to come back to what is on the screen.
public struct SavedSession: Sendable, Equatable {
  /// A path, or a name that the program finds.
  public var model: String
  /// What a person said of the model where its files leave it open, by the names of the flags.
  public var opening: [String: String] = [:]
  public var sentence: String
  /// How many tokens were decoded.
  public var steps: Int
  public var interventions: [Intervention]
  /// The search that chose the tokens; nil for a greedy decode.
  public var beam: Beam?
  /// What stood beside it.
  public var besides: [Beside] = []
  /// The long name of the view, such as `heads`.
  public var view: String
  /// The head under the cursor; nil for a model without attention.
  public var head: HeadAddress?
  /// What is shown of it: `head`, `layer`, `all`, `rollout` or `flow`.
  public var extent: String
  public var cursor: Place
  /// nil fits the rows to the window.
  public var zoom: Int?
  /// The order of the heads.
  public var sort = HeadRanking.Sort.layer.rawValue
  /// Whether lines are drawn of all rows.
  public var showsAllLines = false
  /// Which run of a what-if is drawn, and with which one it is compared.
  public var run = Decode.Shown.after.rawValue
  public var baseline = WhatIf.Baseline.lastChange.rawValue
  /// The tensor under the cursor; nil where none was looked at.
  public var tensor: String?
  /// By name.
  public var settings: [String: String]

  /// Tokens under the cursor along each axis.
  public struct Place: Sendable, Equatable {
    public var step: Int
    public var source: Int
    public var query: Int
    public var read: Int

    public init(step: Int = 0, source: Int = 0, query: Int = 0, read: Int = 0) {
      self.step = step
      self.source = source
      self.query = query
      self.read = read
    }
  }

  public struct Beam: Sendable, Equatable {
    public var width: Int
    public var lengthPenalty: Float

    public init(width: Int, lengthPenalty: Float) { (self.width, self.lengthPenalty) = (width, lengthPenalty) }
  }

  public enum Beside: Sendable, Equatable {
    case model(String)
    case sentence(String)
  }

  public init(
    model: String, sentence: String = "", steps: Int = 0, interventions: [Intervention] = [], view: String = "matrix",
    head: HeadAddress? = nil, extent: String = "head", cursor: Place = Place(), zoom: Int? = nil,
    settings: [String: String] = [:]
  ) {
    self.model = model
    self.sentence = sentence
    self.steps = steps
    self.interventions = interventions
    self.view = view
    self.head = head
    self.extent = extent
    self.cursor = cursor
    self.zoom = zoom
    self.settings = settings
  }

  /// What `view`, `extent`, `sort`, `run` and `baseline` can be.
  public static var views: [String] { Picture.View.allCases.map { Context($0).rawValue } }
  public static var extents: [String] { HeadCursor.Extent.allCases.map(\.rawValue) }
  public static var sorts: [String] { HeadRanking.Sort.allCases.map(\.rawValue) }
  public static var runs: [String] { Decode.Shown.allCases.map(\.rawValue) }
  public static var baselines: [String] { WhatIf.Baseline.allCases.map(\.rawValue) }
  /// What `zoom` can be: from so many halvings of the picture to the highest rows.
  public static var zooms: ClosedRange<Int> { -12...RowHeight.three.rawValue }
  /// More cannot stand beside a decode.
  public static var mostBesides: Int { Comparison.mostOthers }
}

extension State {
  /// What is on the screen; nil while no model is open.
  var session: SavedSession? {
    guard let model else { return nil }
    var session = SavedSession(
      model: model.model.path, sentence: sentence.text, steps: decode.steps.count,
      interventions: whatIf.list, view: Context(picture.view).rawValue,
      head: decode.head?.address,
      extent: decode.head?.extent.rawValue ?? HeadCursor.Extent.head.rawValue,
      cursor: SavedSession.Place(step: cursor.step, source: cursor.source, query: cursor.query, read: cursor.read),
      zoom: picture.zoom,
      // The background is a terminal's own.
      settings: Dictionary(
        uniqueKeysWithValues: Settings.names.filter { $0 != "background" }.map { ($0, settings.value(of: $0) ?? "") }))
    session.beam = decode.trace?.beam.map { SavedSession.Beam(width: $0.width, lengthPenalty: $0.lengthPenalty) }
    session.besides = (comparison?.others ?? []).map(\.saved)
    session.sort = picture.sort.rawValue
    session.showsAllLines = picture.showsAllLines
    session.run = decode.shown.rawValue
    session.baseline = whatIf.baseline.rawValue
    session.tensor = tensors.tensor?.name ?? tensors.wanted
    session.opening = opening
    return session
  }

  /// Takes over how pictures are drawn, and keeps the rest until the model is open.
  mutating func restore(_ session: SavedSession, from file: String) {
    sessionFile = file
    for (name, value) in session.settings { try? settings.set(name, to: value) }
    restoring = Restoring(session: session)
    showsWelcome = false
  }
}

/// A session on its way back: once it is decoded as far as it was, the cursor goes where it stood.
struct Restoring: Sendable, Equatable {
  let session: SavedSession
  /// The generation in which it is decoded; nil until its model is open.
  var generation: Int?
}

extension State {
  /// Decodes a session's sentence as it was.
  mutating func begin(_ session: SavedSession) -> [Command] {
    let steps = session.beam == nil ? session.steps : 0
    var commands = begin(session.sentence, under: session.interventions, steps: steps)
    if let beam = session.beam {
      commands.append(.search(width: beam.width, lengthPenalty: beam.lengthPenalty, generation: generation))
      decode.unanswered += 1
    }
    restoring = Restoring(session: session, generation: generation)
    return commands
  }

  /// After a trace has come: the end of a session's way back.
  mutating func goOnRestoring(after event: Event) {
    guard case .traced = event, let restoring, decode.unanswered == 0 else { return }
    // Whatever was begun since, the session is not waited for any more.
    if restoring.generation == generation { finishRestoring(restoring.session) } else { self.restoring = nil }
  }

  private mutating func finishRestoring(_ session: SavedSession) {
    restoring = nil
    saved = whatIf.list
    if let address = session.head, model?.layout(at: address.site) != nil {
      show(address.site)
      changeHead { head, layout in
        (head.layer, head.head) = (address.layer, address.head)
        head.extent = HeadCursor.Extent(rawValue: session.extent) ?? .head
        head.clamp(to: layout)
      }
    }
    for beside in session.besides where decode.head != nil { putBeside(.init(beside)) }
    if let view = Picture.View.allCases.first(where: { Context($0).rawValue == session.view }) {
      let isThere = view == .comparison ? comparison != nil : decode.head != nil
      if isThere || view == .tokens || view == .tensors { picture.view = view }
    }
    picture.back = picture.view == .comparison ? .matrix : nil
    picture.sort = HeadRanking.Sort(rawValue: session.sort) ?? .layer
    picture.showsAllLines = session.showsAllLines
    whatIf.baseline = WhatIf.Baseline(rawValue: session.baseline) ?? .lastChange
    decode.shown = Decode.Shown(rawValue: session.run) ?? .after
    tensors.wanted = session.tensor
    picture.zoom = session.zoom.map { max(SavedSession.zooms.lowerBound, min(SavedSession.zooms.upperBound, $0)) }
    cursor.follows = false
    (cursor.step, cursor.source) = (session.cursor.step, session.cursor.source)
    (cursor.query, cursor.read) = (session.cursor.query, session.cursor.read)
    clampCursor()
  }
}

extension Comparison.Other {
  fileprivate var saved: SavedSession.Beside {
    switch subject {
    // By its path, where it is known: a snapshot may have taken its place.
    case .model(let name): .model(model?.model.path ?? name)
    case .sentence(let text): .sentence(text)
    }
  }
}

extension Comparison.Subject {
  fileprivate init(_ beside: SavedSession.Beside) {
    switch beside {
    case .model(let name): self = .model(name)
    case .sentence(let text): self = .sentence(text)
    }
  }
}
