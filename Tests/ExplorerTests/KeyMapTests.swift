import TUI
import Testing

@testable import Explorer

/// Keys that a person has bound differently.
@Suite struct KeyMapTests {
  static func map(_ changes: (String, String)...) throws -> (keys: KeyMap, problems: [String]) {
    var keys = KeyMap()
    let problems = try keys.bind(
      changes.map { ($0.0, try $0.1.split(separator: ",").map { try Key.sequence(String($0)) }) })
    return (keys, problems.map { "\($0.name): \($0.problem)" })
  }

  @Test func aBoundKeyDoesWhatTheOldOneDid() throws {
    let (keys, problems) = try Self.map(("step", "<Ctrl-n>,+x"), ("larger-panels", "<F2>"))
    #expect(problems == [])
    var state = Samples.state(120, 40)
    state.keys = keys
    #expect(update(&state, .terminal(.key(.control("n")))) == [.step(generation: 1)])
    #expect(Samples.press("+", &state) == [] && Samples.press("x", &state) == [.step(generation: 1)])
    #expect(Samples.press(" ", &state) == [])
  }

  @Test func helpAndHintsFollow() throws {
    let (keys, problems) = try Self.map(("step", "<Ctrl-n>"), ("left", "a"), ("down", "<F3>"), ("all-lines", "b"))
    #expect(problems == [])
    var state = Samples.state(200, 60)
    state.keys = keys
    let hints = HintBar(state, columns: 200).hints
    #expect(hints.contains { $0.keys == "Ctrl-n" && $0.binding.hint == "step" })
    let move = try #require(hints.first { $0.binding.hint == "move" })
    #expect(move.keys == "a F3 k l")
    #expect(move.keys(at: move.columns.lowerBound + 2) == [Key(.function(3))])
    _ = Samples.press("?", &state)
    #expect(view(state).text.contains { $0.contains("Ctrl-n") && $0.contains("Decode one more token") })
    #expect(view(state).text[58].contains("PageDown") == false)
    _ = Samples.press("?R", &state)
    #expect(state.keyName(.step) == "Ctrl-n")
  }

  @Test func twoKeysMayChangePlaces() throws {
    let (keys, problems) = try Self.map(("step", "r"), ("run", "<Space>"))
    #expect(problems == [])
    #expect(keys.find([.character("r")], in: .matrix) == .action(.step))
    #expect(keys.find([.character(" ")], in: .matrix) == .action(.run))
  }

  @Test(arguments: [
    ("step", "n", "step: n is a key of find-next"), ("jump", "x", "jump: no action jump"),
    ("step", "g", "step: g is a key of first-row"), ("edit-line", "<C-x>", "no action edit-line"),
    ("decode-sentence", "x", "where x is text"), ("step", "", "step needs a key"),
  ])
  func whatCannotBeBoundIsSaidAndSkipped(name: String, key: String, problem: String) throws {
    let (keys, problems) = try Self.map((name, key), ("run", "<F9>"))
    #expect(problems.count == 1 && problems[0].contains(problem), "\(problems)")
    #expect(keys.find([.character(" ")], in: .matrix) == .action(.step))
    #expect(keys.find([Key(.function(9))], in: .matrix) == .action(.run))
  }

  /// Whatever is bound, no key means two things.
  @Test func givingUpAChangeMayTakeOthersWithIt() throws {
    // find-next stays, since n goes on to be its key; what took its place has to go too.
    let (keys, problems) = try Self.map(("find-next", "R"), ("step", "n"))
    #expect(
      problems == [
        "find-next: R is a key of restart; bind that to another key too",
        "step: n is a key of find-next; bind that to another key too",
      ])
    #expect(keys == KeyMap())
  }

  @Test func everyActionCanBeNamed() {
    let names = KeyMap.actions.map(\.name)
    #expect(Set(names) == Set(Action.allCases.map(\.rawValue)).subtracting(["edit-line"]))
    #expect(names.count == Set(names).count)
  }
}
