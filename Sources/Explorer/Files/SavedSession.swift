import Traces

/// All that is needed to come back to what is on the screen.
public struct SavedSession: Sendable, Equatable {
  /// A path, or a name that the program finds.
  public var model: String
  public var sentence: String
  /// How many tokens were decoded.
  public var steps: Int
  public var interventions: [Intervention]
  /// The long name of the view, such as `heads`.
  public var view: String
  /// The head under the cursor; nil for a model without attention.
  public var head: HeadAddress?
  /// What is shown of it: `head`, `layer`, `all`, `rollout` or `flow`.
  public var extent: String
  public var cursor: Place
  /// nil fits the rows to the window.
  public var zoom: Int?
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

  /// What `view` and `extent` can be.
  public static var views: [String] { Picture.View.allCases.map { Context($0).rawValue } }
  public static var extents: [String] { HeadCursor.Extent.allCases.map(\.rawValue) }
}

extension State {
  /// What is on the screen; nil while no model is open.
  var session: SavedSession? {
    guard let model else { return nil }
    return SavedSession(
      model: model.model.path, sentence: sentence.text, steps: decode.steps.count,
      interventions: decode.trace?.interventions ?? [], view: Context(picture.view).rawValue,
      head: decode.head.map { HeadAddress(site: $0.site, layer: $0.layer, head: $0.head) },
      extent: decode.head?.extent.rawValue ?? HeadCursor.Extent.head.rawValue,
      cursor: SavedSession.Place(step: cursor.step, source: cursor.source, query: cursor.query, read: cursor.read),
      zoom: picture.zoom,
      settings: Dictionary(uniqueKeysWithValues: Settings.entries.map { ($0.name, $0.value(settings)) }))
  }

  /// Takes over how pictures are drawn, and keeps the rest until the model is open.
  mutating func restore(_ session: SavedSession, from file: String) {
    sessionFile = file
    for (name, value) in session.settings { try? settings.set(name, to: value) }
    restoring = Restoring(session: session)
    showsWelcome = false
  }
}

/// A session on its way back: first its sentence is read, then it is decoded as far as it was, then the cursor goes where
/// it stood.
struct Restoring: Sendable, Equatable {
  let session: SavedSession
  /// The generation in which the steps are decoded; nil while the sentence is read.
  var generation: Int?
}

extension State {
  /// After a trace has come: the next part of a session that is being restored.
  mutating func goOnRestoring(after event: Event) -> [Command] {
    guard case .traced = event, var restoring, decode.unanswered == 0 else { return [] }
    let session = restoring.session
    guard restoring.generation == generation else {
      // Whatever was begun since, the session is not waited for any more.
      guard restoring.generation == nil, sentence.text == session.sentence else {
        self.restoring = nil
        return []
      }
      let commands = redo(session)
      restoring.generation = generation
      self.restoring = restoring
      if commands.isEmpty { finishRestoring(session) }
      return commands
    }
    finishRestoring(session)
    return []
  }

  /// What decodes a session's steps as they were.
  private mutating func redo(_ session: SavedSession) -> [Command] {
    guard session.steps > 0 || !session.interventions.isEmpty else { return [] }
    var commands: [Command] = []
    generation += 1
    if !session.interventions.isEmpty {
      commands.append(.intervene(session.interventions, generation: generation))
    }
    commands.append(.jump(steps: session.steps, generation: generation))
    decode.unanswered = commands.count
    return commands
  }

  private mutating func finishRestoring(_ session: SavedSession) {
    restoring = nil
    saved = decode.trace?.interventions ?? []
    if let address = session.head, model?.layout(at: address.site) != nil {
      show(address.site)
      changeHead { head, layout in
        (head.layer, head.head) = (address.layer, address.head)
        head.extent = HeadCursor.Extent(rawValue: session.extent) ?? .head
        head.clamp(to: layout)
      }
    }
    if let view = Picture.View.allCases.first(where: { Context($0).rawValue == session.view }) {
      // What stood beside it is no part of a session.
      let isThere = decode.head != nil && view != .comparison || view == .tokens || view == .tensors
      if isThere { picture.view = view }
    }
    picture.zoom = session.zoom.map { max(-12, min(RowHeight.three.rawValue, $0)) }
    cursor.follows = false
    (cursor.step, cursor.source) = (session.cursor.step, session.cursor.source)
    (cursor.query, cursor.read) = (session.cursor.query, session.cursor.read)
    clampCursor()
  }
}
