import Inspection
import TUI
import Testing
import Traces

@testable import Explorer

/// View 6: the tree of tensors, their numbers, and one of them as a matrix.
@Suite struct TensorsTests {
  static let sizes = [(80, 24), (120, 40), (200, 60), (60, 50)]

  /// The explorer after a script, everything answered.
  static func state(
    _ script: String, _ columns: Int = 120, _ rows: Int = 40, depth: ColorDepth = .trueColor, isUTF8: Bool = true
  ) throws -> State {
    var state = Samples.state(columns, rows, depth: depth, isUTF8: isUTF8)
    var engine = FakeEngine(text: Samples.english, steps: 7)
    _ = try engine.run(&state, script: script)
    return state
  }

  static func text(_ state: State) -> String { view(state).text.joined(separator: "\n") }

  @Test(arguments: sizes)
  func tree(columns: Int, rows: Int) throws {
    try expectSnapshot("tensors-\(columns)x\(rows)", view(try Self.state("6jj", columns, rows)))
  }

  @Test(arguments: sizes)
  func matrix(columns: Int, rows: Int) throws {
    let state = try Self.state("6/output.w<Enter><Enter>jjlll", columns, rows)
    try expectSnapshot("tensor-\(columns)x\(rows)", view(state))
  }

  @Test(arguments: sizes)
  func onlyTensors(columns: Int, rows: Int) throws {
    var state = State(display: Samples.display(columns, rows))
    var engine = FakeEngine()
    _ = engine.run(
      &state,
      .onlyTensors(FakeFiles.checkpoint, reason: "it has no attention: no query, key or score among its tensors"))
    try expectSnapshot("only-tensors-\(columns)x\(rows)", view(state))
  }

  @Test func smallMatrixWithNumbersAndWithoutColours() throws {
    try expectSnapshot("tensor-small-80x24", view(try Self.state("6/query<Enter><Enter>jl", 80, 24)))
    let plain = try Self.state("6/query<Enter><Enter>", 80, 24, depth: .none, isUTF8: false)
    try expectSnapshot("tensor-small-80x24-none", view(plain))
  }

  // MARK: Asking

  @Test func whatIsNeededIsAskedForOnce() throws {
    var state = Samples.state(120, 40)
    var engine = FakeEngine(text: Samples.english, steps: 7)
    #expect(
      engine.run(&state, .terminal(.key(.character("6"))))
        == [.file(.inspect(path: "/models/en-fr-bahdanau"), job: 1)])
    // The checkpoint itself and a branch have no numbers.
    #expect(try engine.run(&state, script: "j") == [])
    let path = "/models/en-fr-bahdanau"
    let name = "encoder.embedding.weight"
    #expect(
      try engine.run(&state, script: "jj") == [
        .file(.measure(path: path, tensor: name), job: 2),
        .file(.tile(path: path, tensor: name, TileRequest(most: 512)), job: 3),
      ])
    // Measured is measured; the numbers themselves are read anew when the cursor comes back.
    #expect(try engine.run(&state, script: "kj").count == 0)
    #expect(try engine.run(&state, script: "1<Space>6").allSatisfy { if case .file = $0 { false } else { true } })
  }

  @Test func aCursorThatMovesOnGivesUpWhatItLeaves() throws {
    var state = try Self.state("6jj")
    let before = try Self.state("6jj").tensors.line
    let commands = Samples.press("jjjjj", &state)
    #expect(state.tensors.line > before)
    #expect(commands.contains { if case .stopJob = $0 { true } else { false } })
    // The answer to the one that was left comes too late.
    let measuring = state.tensors.measuring
    _ = update(&state, .file(.measured(TensorStatistics(count: 5)), job: 4))
    #expect(state.tensors.measuring == measuring)
  }

  @Test func escapeStopsReading() throws {
    var state = try Self.state("6")
    _ = Samples.press("jjj", &state)
    #expect(view(state).text.joined().contains("Esc stops it"))
    let escape = Event.terminal(.key(Key(.escape)))
    let stopped = update(&state, escape) + update(&state, escape)
    #expect(stopped.count == 2 && stopped.allSatisfy { if case .stopJob = $0 { true } else { false } })
    #expect(state.jobs.visible == nil && Self.text(state).contains("stopped"))
    // It is not begun again by itself, but on leaving and entering the view.
    #expect(update(&state, .terminal(.resize(Size(columns: 100, rows: 30)))) == [])
    #expect(Samples.press("16", &state).count == 2)
  }

  @Test func progressIsShown() throws {
    var state = try Self.state("6")
    _ = Samples.press("jjj", &state)
    let job = try #require(state.jobs.visible?.job.number)
    _ = update(&state, .jobProgress(0.5, job: job))
    #expect(view(state).text[37].contains("████████  "))
    _ = update(&state, .jobProgress(.nan, job: job))
    _ = update(&state, .jobProgress(0.5, job: 99))
    _ = view(state)
  }

  @Test func whatCannotBeReadIsSaid() throws {
    var state = Samples.state(
      120, 40, trace: Samples.trace(steps: 3, model: Samples.withoutAttention), model: Samples.withoutAttention)
    var engine = FakeEngine(text: Samples.english, steps: 3, model: Samples.withoutAttention)
    _ = try engine.run(&state, script: "6")
    #expect(Self.text(state).contains("/m: no checkpoint in this folder"))
    #expect(try engine.run(&state, script: "jjG<Enter>nzZq") == [.quit])
  }

  // MARK: Keys

  struct Row: Sendable {
    let script: String
    /// What stands on the line of the cursor.
    let line: String
  }

  @Test(arguments: [
    Row(script: "j", line: "▾ encoder"), Row(script: "jh", line: "▸ encoder"), Row(script: "jhl", line: "▾ encoder"),
    Row(script: "jl", line: "embedding"), Row(script: "jllh", line: "▾ embedding"), Row(script: "G", line: "empty"),
    Row(script: "Ggg", line: "en-fr-bahdanau"), Row(script: "j<Enter>", line: "▸ encoder"),
    Row(script: "z<Down><Down>", line: "▸ attention"), Row(script: "zZGk", line: "packed"),
    Row(script: "/bias<Enter>", line: "bias"), Row(script: "z/score<Enter>", line: "weight"),
    Row(script: "/bias<Enter>n", line: "bias"), Row(script: "jlllz", line: "▸ encoder"),
    Row(script: "<C-d><C-d><C-d><C-d>", line: "empty"), Row(script: "<PageDown><PageUp>", line: "en-fr-bahdanau"),
  ])
  func keysMoveAboutTheTree(_ row: Row) throws {
    let state = try Self.state("6" + row.script)
    let current = view(state).text.first { $0.contains("▶") } ?? ""
    #expect(current.contains(row.line), "\(current)")
  }

  @Test func searchingUnfoldsAndGoesRound() throws {
    var state = try Self.state("6z/kernel<Enter>")
    #expect(state.notice?.text == "1 of 2 with “kernel” in its name" && state.tensors.tensor?.shape == [24, 48])
    _ = Samples.press("n", &state)
    #expect(state.tensors.tensor?.name == "encoder.rnn.backward.kernel")
    _ = Samples.press("n", &state)
    #expect(state.tensors.tensor?.name == "encoder.rnn.forward.kernel")
    _ = Samples.press("NN", &state)
    #expect(state.tensors.tensor?.name == "encoder.rnn.forward.kernel")
    let none = try Self.state("6/zzz<Enter>")
    #expect(none.notice?.kind == .failure && none.notice?.text.contains("no tensor with") == true)
  }

  @Test func aMatrixIsZoomedToItsNumbers() throws {
    var state = try Self.state("6/output.w<Enter><Enter>")
    var engine = FakeEngine(text: Samples.english, steps: 7)
    let whole = try #require(ScreenLayout(state)?.tensorGrid(state))
    #expect(whole.tile.isBinned && whole.tile.rows == 0..<2000)
    #expect(Self.text(state).contains("bins of \(whole.tile.rowStep)×\(whole.tile.columnStep)"))
    _ = try engine.run(&state, script: "G$")
    _ = try engine.run(&state, script: "ZZZZZZZZ")
    let part = try #require(ScreenLayout(state)?.tensorGrid(state))
    #expect(!part.tile.isBinned && part.tile.rows.upperBound == 2000)
    #expect(state.notice?.text == "every number has its own place already")
    let cell = state.tensors.cell
    #expect(cell == Position(column: 699, row: 1999))
    state.notice = nil
    #expect(view(state).text[37].contains("exactly \(Float(FakeFiles.number(1999, 699)))"))
    _ = try engine.run(&state, script: "zzzzzzzzz")
    #expect(state.tensors.region == nil && state.notice?.text == "all of it is in sight")
    // One level back is the tree.
    #expect(try engine.run(&state, script: "q") == [] && !state.tensors.isOpen)
  }

  @Test func whatIsNoMatrixIsNotOpened() throws {
    let packed = try Self.state("6/packed<Enter><Enter>")
    #expect(packed.notice?.text.contains("single numbers of Q4_0 cannot be read") == true && !packed.tensors.isOpen)
    let empty = try Self.state("6/empty<Enter><Enter>")
    #expect(empty.notice?.text == "empty: it is empty" && !empty.tensors.isOpen)
  }

  @Test func theMouseSelectsAndOpens() throws {
    var state = try Self.state("6")
    var engine = FakeEngine()
    let list = try #require(ScreenLayout(state)?.tensors(state).list)
    _ = try engine.run(&state, script: ":click 10,\(list.row + 3)")
    #expect(state.tensors.line == 3 && !state.tensors.isOpen)
    _ = try engine.run(&state, script: ":click 10,\(list.row + 3)")
    #expect(state.tensors.isOpen)
    let cells = try #require(ScreenLayout(state)?.tensorGrid(state)?.cells)
    _ = try engine.run(&state, script: ":click \(cells.column + 5),\(cells.row + 2)")
    #expect(state.tensors.cell != Position(column: 0, row: 0))
  }

  @Test func withoutAModelTheOtherViewsSayWhy() throws {
    var state = State(display: Samples.display(120, 40))
    var engine = FakeEngine()
    _ = engine.run(&state, .onlyTensors(FakeFiles.checkpoint, reason: "it is a picture of a cat"))
    for key in ["1", "2", "3", "5"] {
      _ = try engine.run(&state, script: key)
      #expect(state.picture.view == .tensors && state.notice?.text == "it is a picture of a cat", "\(key)")
    }
    #expect(update(&state, .terminal(.paste("words"))) == [] && state.focus == .view)
    // A model takes its place.
    let commands = try engine.run(&state, script: ":open en-fr-luong<Enter>")
    #expect(commands.contains(.decode(text: "An example .", generation: 1)) && state.whyNoModel == nil)
    #expect(state.picture.view == .matrix)
  }

  @Test func aLargeTreeBeginsFolded() {
    var tensors = Tensors(path: "/m")
    let many = (0..<300).map { FakeFiles.tensor("layers.\($0 / 3).part\($0 % 3)", [2, 2]) }
    tensors.show(CheckpointSummary(path: "/m", format: "PyTorch", tensors: many))
    #expect(tensors.lines.count == 1)
    tensors.unfoldAll()
    #expect(tensors.lines.count == 401)
  }
}
