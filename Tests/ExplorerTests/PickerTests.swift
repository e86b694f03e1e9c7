import TUI
import Testing
import Traces

@testable import Explorer

/// Opening another model: the picker, the command, what happens while it is opened and when that fails.
@Suite struct PickerTests {
  static func run(_ script: String, _ state: inout State) throws -> [Command] {
    var engine = FakeEngine(text: Samples.english, steps: 7)
    return try engine.run(&state, script: script)
  }

  @Test(arguments: TensorsTests.sizes)
  func places(columns: Int, rows: Int) throws {
    try expectSnapshot("picker-\(columns)x\(rows)", view(try TensorsTests.state("oenlu", columns, rows)))
  }

  @Test func folder() throws {
    try expectSnapshot("picker-folder-80x24", view(try TensorsTests.state("o<Up>work<Enter>", 80, 24)))
  }

  struct Row: Sendable {
    let script: String
    /// The path that is opened.
    let opens: String?
  }

  @Test(arguments: [
    Row(script: "o<Enter>", opens: "/models/en-fr-bahdanau"),
    Row(script: "o<Down><Enter>", opens: "/models/en-fr-luong"),
    Row(script: "oluong<Enter>", opens: "/models/en-fr-luong"),
    Row(script: "oTRSF<Enter>", opens: "/models/en-fr-transformer"),
    Row(script: "oopus<Enter>", opens: "/home/ada/opus-mt-en-fr"), Row(script: "ozzz<Enter>", opens: nil),
    Row(script: "owork<Enter>mar<Enter>", opens: "/home/ada/work/marian"),
    Row(script: "owork<Enter>npz<Enter>", opens: "/home/ada/work/weights.npz"),
    Row(script: "owork<Enter>mar<Tab>", opens: nil), Row(script: "owork<Enter><Backspace><Enter>", opens: nil),
    Row(script: "o/some/where<Enter>", opens: "/some/where"), Row(script: "o~/model<Enter>", opens: "~/model"),
    Row(script: "o<Esc>", opens: nil), Row(script: ":open en-fr-luong<Enter>", opens: "en-fr-luong"),
    Row(script: "o:click 6,5", opens: nil),
  ])
  func whatIsChosenIsOpened(_ row: Row) throws {
    var state = Samples.state(120, 40)
    let opened = try Self.run(row.script, &state).compactMap { command -> String? in
      if case .file(.open(let path), _) = command { path } else { nil }
    }
    #expect(opened == (row.opens.map { [$0] } ?? []))
  }

  @Test func aModelComesBeforeAFolderThatFitsAsWell() {
    var picker = Picker()
    let names: [(FileListing.Kind, String)] = [(.folder, "/tmp/try"), (.sample, "en-fr-transformer")]
    let entries = names.map { FileListing.Entry(kind: $0, name: $1, path: $1) }
    picker.show(FileListing(folder: nil, entries: entries))
    picker.insert("tr")
    #expect(picker.matches.map(\.entry.name) == ["en-fr-transformer", "/tmp/try"])
    picker.edit(.character("y"))
    #expect(picker.chosen?.name == "/tmp/try")
  }

  @Test(arguments: ["/some/where/", "~/", "~"])
  func aFolderThatIsTypedIsGoneInto(path: String) throws {
    var state = Samples.state(120, 40)
    #expect(try Self.run("o\(path)<Enter>", &state).last == .file(.list(folder: path), job: 2))
    #expect(state.context == .picker && state.picker?.failure == "\(path): this folder cannot be read")
    // It is said until something is typed.
    #expect(view(state).text.joined().contains("this folder cannot be read"))
    _ = try Self.run("x", &state)
    #expect(!view(state).text.joined().contains("this folder cannot be read"))
  }

  @Test func foldersAreGoneThrough() throws {
    var state = Samples.state(120, 40)
    _ = try Self.run("owork<Enter>", &state)
    #expect(state.picker?.listing == FakeFiles.work && state.picker?.chosen?.name == "marian")
    // A name that begins with a dot is hidden until one is typed.
    #expect(state.picker?.matches.contains { $0.entry.name == ".cache" } == false)
    _ = try Self.run(".c", &state)
    #expect(state.picker?.chosen?.name == ".cache")
    _ = try Self.run("<Backspace><Backspace><Backspace>", &state)
    #expect(state.picker?.listing == FakeFiles.home)
    _ = try Self.run("<S-Tab>", &state)
    #expect(state.picker?.failure == "/home: this folder cannot be read")
    #expect(TensorsTests.text(state).contains("/home: this folder cannot be read"))
  }

  @Test func theSentenceIsKept() throws {
    var state = Samples.state(120, 40)
    let commands = try Self.run("otransf<Enter>", &state)
    #expect(
      commands == [
        .file(.list(folder: nil), job: 1), .file(.open(path: "/models/en-fr-transformer"), job: 2), .use(job: 2),
        .decode(text: Samples.english, generation: 2),
      ])
    #expect(state.model?.model.name == "en-fr-transformer" && state.decode.steps.isEmpty)
  }

  @Test func aFailureLeavesEverythingAsItWas() throws {
    var state = Samples.state(120, 40)
    let before = state
    _ = try Self.run(":open /missing/model<Enter>", &state)
    #expect(state.notice == Notice(kind: .failure, text: "/missing/model: there is no such folder"))
    #expect(state.decode == before.decode && state.model == before.model && state.sentence == before.sentence)
  }

  @Test func openingIsShownAndStopped() {
    var state = Samples.state(120, 40)
    _ = Samples.press(":open x", &state)
    #expect(update(&state, .terminal(.key(Key(.enter)))) == [.file(.open(path: "x"), job: 1)])
    #expect(view(state).text[37].contains("opening x") && view(state).text[37].contains("Esc stops it"))
    // The old model goes on meanwhile.
    #expect(Samples.press(" ", &state) == [.step(generation: 1)])
    #expect(update(&state, .terminal(.key(Key(.escape)))) == [.stopJob(1)])
    // What comes after that is not taken.
    #expect(update(&state, .file(.opened(Samples.transformer(2, 2), example: ""), job: 1)) == [])
    #expect(state.model == Samples.summary)
  }

  @Test func whatIsNotSavedIsAskedFor() throws {
    var state = Samples.state(120, 40)
    var trace = Samples.trace(steps: 7)
    trace.interventions = [.hide(2)]
    _ = update(&state, .traced(trace, generation: state.generation))
    #expect(try Self.run("q", &state) == [] && state.context == .question)
    #expect(view(state).text[37].contains("y yes · n no"))
    #expect(try Self.run("n", &state) == [] && state.context == .matrix)
    #expect(try Self.run(":open en-fr-luong<Enter>", &state) == [] && state.context == .question)
    #expect(try Self.run("n", &state) == [])
    _ = try Self.run(":save x.yaml<Enter>", &state)
    #expect(try Self.run("q", &state) == [.quit])
  }

  @Test func pathsAreCompleted() throws {
    var state = Samples.state(120, 40)
    state.knownModels = ["en-fr-bahdanau", "en-fr-luong", "notebook"]
    for command in ["open", "compare"] {
      _ = try Self.run("<Esc>:\(command) en-fr-b<Tab>", &state)
      #expect(state.prompt?.editor.text == "\(command) en-fr-bahdanau")
      _ = try Self.run("<Esc>:\(command) note<Tab>", &state)
      #expect(state.prompt?.editor.text == "\(command) notebook")
      _ = try Self.run("<Tab>", &state)
      #expect(state.prompt?.editor.text == "\(command) notes/")
    }
    _ = try Self.run("<Esc>:save no<Tab>", &state)
    #expect(state.prompt?.editor.text == "save not")
    _ = try Self.run("<Tab>", &state)
    #expect(state.prompt?.editor.text == "save notes/")
    _ = try Self.run("<Tab>", &state)
    #expect(state.prompt?.editor.text == "save nothing.yaml")
    _ = try Self.run("<Esc>:open zz<Tab>", &state)
    #expect(state.prompt?.editor.text == "open zz")
  }
}

@Suite struct FuzzyMatchTests {
  @Test(arguments: [
    ("efl", "en-fr-luong", [0, 3, 6]), ("luong", "en-fr-luong", [6, 7, 8, 9, 10]), ("", "abc", []),
    ("MT", "opus-mt-en-fr", [5, 6]), ("e f", "en-fr", [0, 3]),
  ])
  func placesOfWhatWasTyped(typed: String, name: String, places: [Int]) {
    #expect(FuzzyMatch(typed, in: name)?.places == places)
  }

  @Test(arguments: [("xyz", "abc"), ("ba", "abc"), ("abcd", "abc"), ("é", "e")])
  func otherNamesDoNotFit(typed: String, name: String) { #expect(FuzzyMatch(typed, in: name) == nil) }

  @Test func whatStandsTogetherFitsBetter() throws {
    func score(_ name: String) throws -> Int { try #require(FuzzyMatch("fr", in: name)).score }
    #expect(try score("en-fr-x") > score("foreign-paper"))
    #expect(try score("fr") > score("fr-and-a-long-tail"))
  }
}
