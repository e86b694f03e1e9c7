import Foundation
import Testing

@testable import Explorer

@Suite struct ManualTests {
  /// With `HEED_RECORD_SNAPSHOTS` set the manual page is brought up to date, and the test fails all the same.
  @Test func theManualPageListsTheKeys() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appending(path: "Documentation/heed.1")
    let page = try String(contentsOf: file, encoding: .utf8)
    let start = try #require(page.range(of: ".Ss Keys of the explorer\n"))
    let end = try #require(page.range(of: ".Sh ENVIRONMENT\n"))
    let section = page[start.lowerBound..<end.lowerBound]
    if ProcessInfo.processInfo.environment["HEED_RECORD_SNAPSHOTS"] != nil {
      let renewed = page[..<start.lowerBound] + Manual.keys + page[end.lowerBound...]
      try Data(renewed.utf8).write(to: file)
      Issue.record("recorded the keys in heed.1; run again without HEED_RECORD_SNAPSHOTS")
      return
    }
    #expect(section == Manual.keys)
  }

  @Test func theListHasEveryKeyAndCommand() {
    for binding in KeyTable.bindings { #expect(Manual.keys.contains("\n" + binding.help.replacing("-", with: "\\-"))) }
    for command in LongCommand.all {
      let name = "\\&" + command.name.replacing("-", with: "\\-")
      #expect(Manual.keys.contains(name + (command.takes == .nothing ? "\n" : " Ar ")))
    }
  }
}
