import Explorer
import Foundation
import TUI
import TestSupport
import Testing

@testable import UserFiles

@Suite struct ConfigurationTests {
  static func read(_ text: String) -> (configuration: Configuration, problems: [String]) {
    var configuration = Configuration()
    let problems = configuration.take(text)
    return (configuration, problems.map { $0.text(in: "c.yaml") })
  }

  @Test func settingsAndKeys() throws {
    let (found, problems) = Self.read(
      "palette: magma\nvalues: off\nscale: 0-1\nkeys:\n  step: [n, <Ctrl-n>]\n  find-next: <F3>\n")
    #expect(problems == [])
    #expect(found.settings.palette == .magma && found.settings.values == .off && found.settings.scale == .unit)
    #expect(found.keys.changes["step"] == [[.character("n")], [.control("n")]])
    #expect(found.keys.changes["find-next"] == [[Key(.function(3))]])
    #expect(
      Self.read("").problems == [] && Self.read("# nothing\n").problems == [] && Self.read("keys:\n").problems == [])
  }

  @Test(arguments: [
    ("palette: pink", ["c.yaml:1: palette is one of viridis, cividis, magma, grey, not pink"]),
    ("\nsound: on", ["c.yaml:2: no setting sound: there are"]),
    ("palette: [a, b]", ["c.yaml:1: palette takes one value"]),
    ("keys: [a]", ["c.yaml:1: keys takes lines such as"]), ("keys:\n  jump: x", ["c.yaml:2: no action jump"]),
    ("keys:\n  step: <Nope>", ["c.yaml:2: step: no key is called <Nope>"]),
    ("keys:\n  step: g", ["c.yaml:2: g is a key of first-row"]), ("- a\n- b", ["c.yaml:1: expected settings"]),
    ("palette: \"magma", ["is not valid YAML"]), ("a: b: c", ["c.yaml:1: is not valid YAML"]),
    ("palette: grey\npalette: magma", ["stands twice"]),
    ("keys:\n  step: {a: b}", ["c.yaml:2: step: expected keys such as"]),
  ])
  func wrongLinesAreReported(text: String, expected: [String]) {
    let problems = Self.read(text).problems
    #expect(problems.count == expected.count, "\(problems)")
    for (problem, part) in zip(problems, expected) { #expect(problem.contains(part), "\(problem)") }
  }

  @Test func theRestHolds() {
    let (found, problems) = Self.read(
      "palette: pink\nscale: row\n  : : wrong\nvalues: off\nkeys:\n  step: <Nope>\n  run: y\n")
    #expect(problems.count == 3, "\(problems)")
    #expect(found.settings.scale == .row && found.settings.values == .off && found.settings.palette == .viridis)
    #expect(found.keys.changes == ["run": [[.character("y")]]])
  }

  @Test func whatIsWrittenReadsBack() throws {
    var written = Configuration()
    try written.settings.set("palette", to: "cividis")
    try written.settings.set("values", to: "off")
    let keys: [(name: String, keys: [[Key]])] = [
      ("step", [[.character("\"")], [.character("\\"), .character("#")]]), ("run", [[Key(.function(2))]]),
    ]
    #expect(written.keys.bind(keys).isEmpty)
    let (again, problems) = Self.read(written.text)
    #expect(problems == [] && again == written)
    // Every line that is commented out can be taken as it stands.
    let all = written.text.replacing("\n  # ", with: "\n  ")
    let (same, none) = Self.read(all)
    #expect(none == [] && same.settings == written.settings)
    for name in Settings.names { #expect(written.text.contains("\n\(name): ")) }
  }

  @Test func aFileOfOnesOwnIsNotReplacedUnasked() throws {
    try withTemporaryFolder { folder in
      let file = folder + "/heed/config.yaml"
      #expect(try Configuration().write(to: file, replaces: false))
      #expect(try Configuration().write(to: file, replaces: false))
      try Data("palette: grey # mine\n".utf8).write(to: URL(filePath: file))
      #expect(try !Configuration().write(to: file, replaces: false))
      #expect(try String(contentsOfFile: file, encoding: .utf8) == "palette: grey # mine\n")
      #expect(try Configuration().write(to: file, replaces: true))
      var read = Configuration()
      #expect(read.read(file) == [] && read == Configuration())
      // A link to the file stays one, and a folder is no file.
      let link = folder + "/link.yaml"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
      #expect(try Configuration(settings: Settings(background: .light)).write(to: link, replaces: true))
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == file)
      #expect(try String(contentsOfFile: file, encoding: .utf8).contains("background: light"))
      #expect(throws: UserFileError.self) { try Configuration().write(to: folder, replaces: true) }
      #expect(throws: UserFileError.self) { try Configuration().write(to: file + "/below/it", replaces: false) }
    }
  }

  @Test func filesThatCannotBeRead() throws {
    try withTemporaryFolder { folder in
      var configuration = Configuration()
      #expect(configuration.read(folder + "/none.yaml") == [])
      try Data([0xff, 0xfe, 0]).write(to: URL(filePath: folder + "/bytes.yaml"))
      #expect(configuration.read(folder + "/bytes.yaml").count == 1)
      #expect(configuration.read(folder).count == 1)
    }
  }

  @Test func foldersOfTheUser() {
    let plain = UserFolders(environment: ["HOME": "/home/ada"])
    #expect(
      plain.configurationFile == "/home/ada/.config/heed/config.yaml" && plain.state == "/home/ada/.local/state/heed")
    let other = UserFolders(environment: ["HOME": "/h", "XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "relative"])
    #expect(other.configuration == "/c/heed" && other.state == "/h/.local/state/heed")
    #expect(
      plain.expanded("~/x") == "/home/ada/x" && plain.expanded("~x") == "~x" && plain.expanded("~") == "/home/ada")
  }
}

@Suite struct RememberedLinesTests {
  @Test func theNewestStandsLast() throws {
    try withTemporaryFolder { folder in
      let folders = UserFolders(environment: ["XDG_STATE_HOME": folder])
      #expect(folders.isFirstStart)
      let recent = RememberedLines.recentModels(folders)
      #expect(recent.lines.isEmpty)
      for path in ["/a", "/b", "/a", "/c d"] { try recent.remember(path) }
      #expect(recent.lines == ["/b", "/a", "/c d"] && !folders.isFirstStart)
      try recent.write((0..<500).map { "/\($0)" } + ["", "x\ny", String(repeating: "z", count: 9999)])
      #expect(recent.lines.count == RememberedLines.longest && recent.lines.last == "/499")
    }
  }
}
