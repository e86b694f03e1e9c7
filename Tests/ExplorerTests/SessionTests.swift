import TUI
import Testing
import Traces

@testable import Explorer

/// Saving, coming back, exporting, and writing the settings.
@Suite struct SessionTests {
  static func run(_ script: String, _ state: inout State, steps: Int = 7) throws -> [Command] {
    var engine = FakeEngine(text: Samples.english, steps: steps, model: state.model ?? Samples.summary)
    return try engine.run(&state, script: script)
  }

  @Test func aSessionComesBack() throws {
    let model = Samples.transformer(3, 4)
    var engine = FakeEngine(limit: 60, model: model)
    var state = State(display: Samples.display(120, 40))
    _ = engine.run(&state, .opened(model, sentence: Samples.english))
    _ = try engine.run(&state, script: "<Space><Space><Space><Space>{[SPkl3:hide 2<Enter>aO:temperature 0.5<Enter>")
    let saved = try #require(state.session)
    #expect((saved.steps, saved.view, saved.settings["palette"]) == (4, "lines", "cividis"))
    #expect(saved.interventions == [.hide(2), .temperature(0.5, site: nil)])

    var again = State(display: Samples.display(120, 40))
    engine = FakeEngine(limit: 60, model: model)
    _ = engine.run(&again, .restored(saved, file: "there.yaml"))
    _ = engine.run(&again, .opened(model, sentence: saved.sentence))
    #expect(again.session == saved && again.restoring == nil)
    again.notice = nil
    state.notice = nil
    #expect(transcript(view(again)) == transcript(view(state)))
    // It is saved as it is, so that leaving asks nothing; and its own file is written without a question.
    #expect(try Self.run(":save<Enter>", &again) == [.file(.save(saved, file: "there.yaml", replaces: true), job: 1)])
    #expect(try Self.run("q", &again) == [.quit])
    // Each change can be undone as before.
    _ = try engine.run(&again, script: "u")
    #expect(again.interventions == [.hide(2)])
  }

  @Test func whatWasLookedAtComesBack() throws {
    let model = Samples.transformer(3, 4)
    for (script, view) in [
      ("2OO", "heads"), ("x:hide 1<Enter>dD", "matrix"), ("4k", "maths"), (":beam 3 0.5<Enter>k", "tokens"),
      ("6", "tensors"),
      (":compare en-fr-luong<Enter>:compare-sentence A dog .<Enter>", "comparison"),
    ] {
      var engine = FakeEngine(model: model)
      var state = State(display: Samples.display(120, 40))
      _ = engine.run(&state, .opened(model, sentence: Samples.english))
      _ = try engine.run(&state, script: "<Space><Space><Space>" + script)
      let saved = try #require(state.session)
      #expect(saved.view == view)
      engine = FakeEngine(model: model)
      var again = State(display: Samples.display(120, 40))
      _ = engine.run(&again, .restored(saved, file: "s.yaml"))
      _ = engine.run(&again, .opened(model, sentence: saved.sentence))
      #expect(again.session == saved)
      (state.notice, again.notice) = (nil, nil)
      #expect(transcript(Explorer.view(again)) == transcript(Explorer.view(state)), "\(script)")
    }
  }

  @Test(arguments: [
    (":save", nil as String?), (":save mine", "mine.yaml"), (":save a.b/mine", "a.b/mine.yaml"),
    (":save .mine", ".mine.yaml"), (":save mine.yml", "mine.yml"), (":save mine.YAML", "mine.YAML"),
  ])
  func aSessionsNameTellsThatItIsOne(line: String, name: String?) throws {
    var state = Samples.state(120, 40)
    let session = try #require(state.session)
    #expect(try Self.run(line + "<Enter>", &state) == [.file(.save(session, file: name, replaces: false), job: 1)])
  }

  @Test(arguments: [(":save a.txt", "ends in .yaml"), (":save folder/", "is a folder")])
  func otherNamesAreRefused(line: String, text: String) throws {
    var state = Samples.state(120, 40)
    #expect(try Self.run(line + "<Enter>", &state) == [])
    #expect(state.notice?.text.contains(text) == true)
  }

  @Test func aLongPathLosesItsFoldersFirst() {
    let notice = Notice(kind: .failure, text: "/a/long/way/to/x.png: cannot write the file: Permission denied")
    #expect(notice.text(in: 80) == notice.text)
    #expect(notice.text(in: 55) == "…/x.png: cannot write the file: Permission denied")
    #expect(notice.text(in: 30) == "…/x.png: cannot write the fil…")
    #expect(Notice(kind: .failure, text: "no slash: here at all").text(in: 12) == "no slash: h…")
  }

  @Test func aFoldedTensorIsGoneTo() throws {
    var state = Samples.state(120, 40)
    state.tensors.wanted = "decoder.output.bias"
    _ = try Self.run("6", &state)
    #expect(state.tensors.tensor?.name == "decoder.output.bias" && state.session?.tensor == "decoder.output.bias")
  }

  @Test func anEarlierRunIsExportedAndADifferenceIsNot() throws {
    var state = HeadsTests.state(3, 4)
    var engine = FakeEngine(text: Samples.english, steps: 7, model: try #require(state.model))
    let commands = try engine.run(&state, script: "xd:export a.png<Enter>")
    #expect(state.notice?.kind == .failure)
    #expect(!commands.contains { if case .file = $0 { true } else { false } })
    guard case .file(.export(let figure), _)? = try engine.run(&state, script: "d:export a.png<Enter>").last else {
      Issue.record("nothing was exported")
      return
    }
    #expect(figure.trace.interventions == [] && state.interventions.count == 1)
  }

  @Test func whatIsBegunMeanwhileStays() throws {
    let saved = SavedSession(model: "/m", sentence: "One two three .", steps: 3, view: "heads")
    var state = State(display: Samples.display(120, 40))
    _ = update(&state, .restored(saved, file: "s.yaml"))
    _ = update(&state, .opened(Samples.summary, sentence: saved.sentence))
    // Another sentence before the first answer has come.
    _ = Samples.press("i!", &state)
    _ = update(&state, .terminal(.key(Key(.enter))))
    let trace = Samples.trace(source: "One two three .!", target: "a b c", steps: 0, alignment: nil)
    #expect(update(&state, .traced(trace, generation: state.generation)) == [])
    #expect(state.restoring == nil && state.picture.view == .matrix)
  }

  @Test func whatIsTypedWhileAModelOpensStays() throws {
    var state = State(display: Samples.display(120, 40))
    _ = try Self.run("iA dog", &state)
    _ = update(&state, .opened(Samples.summary, sentence: "One two three ."))
    #expect(state.sentence.text == "One two three ." && state.sentence.editor.text == "A dog")
    let commands = update(&state, .terminal(.key(Key(.enter))))
    #expect(commands == [.decode(text: "A dog", generation: 2)])
  }

  @Test func aSessionOfAnotherModelIsCut() {
    var saved = SavedSession(model: "/m", sentence: "One two .", steps: 900)
    saved.head = HeadAddress(site: .encoder, layer: 50, head: 50)
    saved.extent = "flow"
    saved.cursor = SavedSession.Place(step: 500, source: 500, query: 500, read: 500)
    saved.zoom = Int.min
    for model in [Samples.summary, Samples.withoutAttention, Samples.transformer(2, 2)] {
      var state = State(display: Samples.display(120, 40))
      var engine = FakeEngine(model: model)
      _ = engine.run(&state, .restored(saved, file: "s.yaml"))
      _ = engine.run(&state, .opened(model, sentence: saved.sentence))
      #expect(state.brokenInvariants == [])
      #expect(state.decode.steps.count == 4 && state.restoring == nil)
      _ = view(state)
    }
  }

  struct Row: Sendable {
    let script: String
    let file: String
    let arrangement: FigureRequest.Arrangement
    var site = Site.cross
    var layer: Int? = 2
    var head: Int? = nil
  }

  @Test(arguments: [
    Row(script: ":export a.png<Enter>", file: "a.png", arrangement: .head, head: 0),
    Row(script: "s{]:export a.pdf<Enter>", file: "a.pdf", arrangement: .head, site: .encoder, layer: 1, head: 1),
    Row(script: "m:export a.svg<Enter>", file: "a.svg", arrangement: .mean),
    Row(script: "mm:export a.html<Enter>", file: "a.html", arrangement: .mean, layer: nil),
    Row(script: "2:export a.npz<Enter>", file: "a.npz", arrangement: .grid, layer: nil),
  ])
  func exportIsWhatIsSelected(_ row: Row) throws {
    var state = HeadsTests.state(3, 4)
    let commands = try Self.run(row.script, &state)
    guard case .file(.export(let figure), _)? = commands.last else {
      Issue.record("\(commands)")
      return
    }
    #expect((figure.file, figure.arrangement, figure.site) == (row.file, row.arrangement, row.site))
    #expect((figure.layer, figure.head) == (row.layer, row.head))
    #expect(!figure.replaces && state.notice?.text == "written: \(row.file)")
  }

  @Test func filesThatAreThereAreAskedFor() throws {
    for (command, count) in [("save there.yaml", 1), ("export there.png", 1), ("export! there.png", 0)] {
      var state = Samples.state(120, 40)
      _ = try Self.run(":\(command)<Enter>", &state)
      #expect(state.context == (count > 0 ? .question : .matrix), "\(command)")
      guard count > 0 else { continue }
      #expect(view(state).text[37].contains("is there already. Replace it?"))
      var refused = state
      #expect(try Self.run("n", &refused) == [] && refused.notice?.text == "nothing was done")
      #expect(try Self.run("x", &state) == [] && state.context == .question)
      #expect(try Self.run("y", &state).count == 1 && state.notice?.text.hasPrefix("written: there") == true)
    }
  }

  @Test(arguments: [
    ("export", "export takes FILE"), ("write-config x", "takes no argument"), ("open", "open takes PATH"),
    ("export readonly.png", "Permission denied"), ("save readonly.yaml", "Permission denied"),
  ])
  func whatCannotBeDoneIsSaid(line: String, text: String) throws {
    var state = Samples.state(120, 40)
    _ = try Self.run(":\(line)<Enter>", &state)
    #expect(state.notice?.kind == .failure && state.notice?.text.contains(text) == true, "\(line)")
  }

  @Test func thereMustBeSomethingToWrite() throws {
    var state = State(display: Samples.display(120, 40))
    for line in ["save", "export a.png"] {
      #expect(try Self.run(":\(line)<Enter>", &state) == [] && state.notice?.kind == .failure, "\(line)")
    }
    state = HeadsTests.state(3, 4)
    #expect(try Self.run("sA:export a.png<Enter>", &state) == [] && state.notice?.text.contains("rollout") == true)
    #expect(
      try Self.run("6:export a.png<Enter>", &state).allSatisfy {
        if case .file(.export, _) = $0 { false } else { true }
      })
  }

  @Test func settingsAreWritten() throws {
    var state = Samples.state(120, 40)
    let commands = try Self.run("P:write-config<Enter>", &state)
    #expect(commands == [.file(.writeConfiguration(state.settings, KeyMap(), replaces: false), job: 1)])
    #expect(state.notice?.text == "written: /home/ada/.config/heed/config.yaml")
  }
}
