import TUI
import Testing
import Traces

@testable import Explorer

/// The command line, searching, the settings, the panels.
@Suite struct CommandLineTests {
  static func state(_ keys: String = "") -> State {
    var state = HeadsTests.state(3, 4)
    _ = Samples.press(keys, &state)
    return state
  }

  static func enter(_ line: String, _ state: inout State) -> [Command] {
    _ = Samples.press(":" + line, &state)
    return update(&state, .terminal(.key(Key(.enter))))
  }

  @Test func everyKeyOfTheViewsHasAName() {
    let named = Set(KeyTable.named.map(\.action))
    let ofViews = KeyTable.bindings.filter { $0.contexts.contains(where: Context.anyView.contains) }.map(\.action)
    #expect(named == Set(ofViews))
    let names = KeyTable.named.map(\.action.rawValue) + LongCommand.all.map(\.name)
    #expect(names.count == Set(names).count)
  }

  @Test(arguments: KeyTable.named.filter { $0.contexts.contains(.matrix) && $0.action != .commandLine })
  func aNameDoesWhatItsKeyDoes(_ binding: Binding) throws {
    var typed = Self.state("ggl")
    var named = typed
    var fromKeys: [Command] = []
    for key in try #require(binding.keys.first) { fromKeys += update(&typed, .terminal(.key(key))) }
    let fromName = Self.enter(binding.action.rawValue, &named)
    named.promptHistory = [:]
    // A key that begins a line finds its history, in which the name stands now.
    if let text = named.prompt?.editor.text { named.prompt?.editor = LineEditor(text, history: []) }
    if let text = typed.prompt?.editor.text { typed.prompt?.editor = LineEditor(text, history: []) }
    #expect(fromKeys == fromName && named == typed)
  }

  @Test(arguments: [
    ("site encoder", "encoder L2H0"), ("head L1H3", "cross L1H3"), ("head l0h0", "cross L0H0"),
    ("mean-heads", "cross L2 mean of 4 heads"),
  ])
  func places(line: String, title: String) {
    var state = Self.state()
    #expect(Self.enter(line, &state).isEmpty)
    #expect(view(state).text[0].hasSuffix(title))
  }

  @Test func textsOfTheCommandLine() {
    var state = Self.state()
    #expect(Self.enter("sentence A dog .", &state) == [.decode(text: "A dog .", generation: 2)])
    state = Self.state()
    #expect(Self.enter("go-to-step 2", &state).isEmpty && state.cursor.step == 1)
    _ = Self.enter("find-token apple", &state)
    #expect(state.column == 9)
  }

  @Test(arguments: [
    ("nonsense", "no command nonsense"), ("palette", "palette takes viridis|"), ("palette pink", "not pink"),
    ("head L9H9", "no head L9H9"), ("head x", "is no head"), ("head L99999999999999999999H0", "is no head"),
    ("site nowhere", "no site nowhere"), ("go-to-step 0", "no step 0"), ("step 3", "takes no argument"),
    ("open-head", "no meaning in this view"), ("find-token zzz", "no token with"),
  ])
  func whatCannotBeDoneIsSaid(line: String, text: String) {
    var state = Self.state()
    #expect(Self.enter(line, &state).isEmpty)
    #expect(state.notice?.kind == .failure && state.notice?.text.contains(text) == true)
  }

  @Test func tabCompletes() {
    var state = Self.state(":pal")
    let tab = Event.terminal(.key(Key(.tab)))
    _ = update(&state, tab)
    #expect(state.prompt?.editor.text == "palette ")
    _ = update(&state, tab)
    #expect(state.prompt?.editor.text == "palette viridis")
    _ = update(&state, tab)
    #expect(state.prompt?.editor.text == "palette cividis")
    _ = update(&state, .terminal(.key(Key(.enter))))
    #expect(state.settings.palette == .cividis)
    state = Self.state(":next-")
    _ = update(&state, tab)
    let first = state.prompt?.editor.text
    _ = update(&state, tab)
    #expect(first?.hasPrefix("next-") == true && state.prompt?.editor.text != first)
  }

  @Test func historyBringsCommandsBack() {
    var state = Self.state()
    _ = Self.enter("site decoder", &state)
    _ = Samples.press(":", &state)
    _ = update(&state, .terminal(.key(Key(.up))))
    #expect(state.prompt?.editor.text == "site decoder")
    _ = update(&state, .terminal(.key(Key(.escape))))
    #expect(state.prompt == nil && state.context == .matrix)
  }

  @Test func theCommandLineExplains() {
    #expect(view(Self.state(":palette ")).text[37].contains("viridis|cividis|magma|grey"))
    #expect(view(Self.state(":next-h")).text[37].contains("next-head  Next head"))
    #expect(view(Self.state(":next-s")).text[37].contains("next-scale  next-site  next-s"))
  }

  // MARK: Searching

  @Test func slashFindsAndNGoesOn() {
    var state = Self.state("gg0/e")
    _ = update(&state, .terminal(.key(Key(.enter))))
    let found = state.column
    #expect(state.decode.source[found].surface.contains("e"))
    _ = Samples.press("n", &state)
    #expect(state.column > found)
    _ = Samples.press("N", &state)
    #expect(state.column == found)
    _ = Samples.press("N", &state)
    #expect(state.decode.steps[state.cursor.step].token.surface.contains("e"))
    #expect(state.notice?.text.contains("with “e” in it") == true)
  }

  @Test func nWithoutASearchSaysSo() {
    #expect(Self.state("n").notice?.text.contains("nothing to find") == true)
  }

  // MARK: Settings

  @Test func everySettingTakesItsValuesAndNoOther() throws {
    for name in Settings.names {
      let (values, help) = try #require(Settings.description(of: name))
      #expect(values.count > 1 && !help.isEmpty)
      var settings = Settings()
      for value in values {
        try settings.set(name, to: value)
        #expect(settings.value(of: name) == value)
      }
      #expect(throws: SettingError.self) { try settings.set(name, to: "purple") }
    }
    var settings = Settings()
    #expect(throws: SettingError.self) { try settings.set("sound", to: "on") }
    #expect(settings.value(of: "sound") == nil && settings == Settings())
  }

  @Test func palettesAndBackgroundsAreDrawn() {
    var state = Self.state("P")
    state.notice = nil
    #expect(
      view(state).styles.contains { $0.background == Palette.cividis.color(at: 0) }
        || state.settings.palette == .cividis)
    _ = Samples.press("PPP", &state)
    #expect(state.settings.palette == .viridis)
    _ = Samples.press("B", &state)
    #expect(view(state)[column: 0, row: 0].style.background == Color(hex: 0xE4E4E4))
  }

  // MARK: Panels

  @Test func tabGoesRoundThePanels() {
    let tab = Event.terminal(.key(Key(.tab)))
    var state = Self.state()
    var seen: [Context] = []
    for _ in 0..<4 {
      seen.append(state.context)
      _ = update(&state, tab)
      _ = view(state)
    }
    #expect(seen == [.matrix, .candidates, .row, .matrix])
  }

  @Test func theRowPanelGoesDownByWeight() throws {
    var state = Self.state("gg*")
    for _ in 0..<2 { _ = update(&state, .terminal(.key(Key(.tab)))) }
    _ = Samples.press("jj", &state)
    let matrix = try #require(state.decode.matrix)
    #expect(matrix.rankInRow(row: 0, column: state.column) == 3)
    _ = Samples.press("kkk", &state)
    #expect(matrix.rankInRow(row: 0, column: state.column) == 1)
    _ = Samples.press("q", &state)
    #expect(state.context == .matrix)
  }

  @Test(arguments: [(80, 24), (120, 40), (60, 50)])
  func panelsGrowAndGo(_ columns: Int, _ rows: Int) throws {
    var state = Samples.state(columns, rows)
    let normal = try #require(ScreenLayout(state)?.side)
    _ = Samples.press("+", &state)
    let wide = try #require(ScreenLayout(state)?.side)
    #expect(wide.columns * wide.rows > normal.columns * normal.rows)
    _ = Samples.press("+", &state)
    #expect(ScreenLayout(state)?.side == nil)
    _ = Samples.press("_", &state)
    #expect(ScreenLayout(state)?.side == wide)
  }
}
