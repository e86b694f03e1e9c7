import Testing

@testable import CursesTerminal

struct TerminalErrorTests {
  @Test(arguments: [
    TerminalError.inputIsNotATerminal, .outputIsNotATerminal, .typeMissing, .unknownType("foo"), .tooSimple("dumb"),
    .inUse,
    .refused("x"),
  ])
  func eachIsOneLineThatSaysWhatToDo(error: TerminalError) {
    #expect(!error.description.contains("\n"))
    #expect(error.description.contains(": "))
  }
}
