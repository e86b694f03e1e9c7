import Engine
import Explorer
import Foundation
import TestSupport
import Testing
import Traces

@testable import UserFiles

@Suite struct SessionFileTests {
  static var session: SavedSession {
    var session = SavedSession(model: "/models/a \"b\"", sentence: "C'est: l'été # déjà «là»\\")
    session.opening = ["heads": "8", "source-vocab": "/v/inp: #1.json"]
    session.tensor = "a/b: 1"
    session.steps = 7
    session.interventions = [
      .silence(HeadAddress(site: .cross, layer: 0, head: 3)), .hide(4), .temperature(0.5, site: nil),
    ]
    session.beam = SavedSession.Beam(width: 5, lengthPenalty: 0.6)
    session.besides = [.model("/models/b"), .sentence("- a: b #")]
    (session.sort, session.showsAllLines, session.run, session.baseline) = ("entropy", true, "before", "model-alone")
    session.view = "heads"
    session.head = HeadAddress(site: .encoder, layer: 2, head: 1)
    session.extent = "layer"
    session.cursor = SavedSession.Place(step: -1, source: 3, query: 0, read: 2)
    session.zoom = -2
    session.settings = ["palette": "magma", "values": "off", "scale": "0-1"]
    return session
  }

  @Test func whatIsWrittenReadsBack() throws {
    let text = SessionFile.text(of: Self.session)
    #expect(try SessionFile.parse(text, file: "s.yaml") == Self.session)
    let plain = SavedSession(model: "en-fr-bahdanau", sentence: "")
    #expect(try SessionFile.parse(SessionFile.text(of: plain), file: "s.yaml") == plain)
  }

  @Test(arguments: [
    ("", "is empty"), ("model: a", "no `heed-session: 1`"), ("heed-session: 2\nmodel: a", "no `heed-session: 1`"),
    ("heed-session: 1", "`model` is missing"),
    ("heed-session: 1\nmodel: a\nsound: on", "s.yaml:3: unknown key `sound`"),
    ("heed-session: 1\nmodel: a\nsteps: -1", "s.yaml:3: `steps` takes a whole number"),
    ("heed-session: 1\nmodel: a\nsteps: 99999999999999999999", "`steps` takes"),
    ("heed-session: 1\nmodel: a\nview: cinema", "`view` is one of matrix"),
    ("heed-session: 1\nmodel: a\nhead: L0", "`head` takes a head such as"),
    ("heed-session: 1\nmodel: a\ninterventions: [dance 3]", "no intervention: dance 3"),
    ("heed-session: 1\nmodel: a\ninterventions: x", "takes a list"),
    ("heed-session: 1\nmodel: a\nbeam: {width: 0}", "`width` takes"),
    ("heed-session: 1\nmodel: a\nbeam: 5", "`beam` takes"),
    ("heed-session: 1\nmodel: a\nbeam: {width: 2, length-penalty: .nan}", "`length-penalty` takes a number"),
    ("heed-session: 1\nmodel: a\ncompare: [b]", "`compare` takes lines"),
    ("heed-session: 1\nmodel: a\ncompare: [{model: b, sentence: c}]", "`compare` takes a model or a sentence"),
    ("heed-session: 1\nmodel: a\ncompare: [{model: b}, {model: b}, {model: b}, {model: b}]", "at the most"),
    ("heed-session: 1\nmodel: a\nsort: size", "`sort` is one of layer"),
    ("heed-session: 1\nmodel: a\nrun: later", "`run` is one of now"),
    ("heed-session: 1\nmodel: a\nlines: some", "`lines` is one of"),
    ("heed-session: 1\nmodel: a\ncompared-with: x", "`compared-with` is one of"),
    ("heed-session: 1\nmodel: a\ncursor: 3", "`cursor` takes names"),
    ("heed-session: 1\nmodel: [a]", "`model` takes a text"),
    ("heed-session: 1\nmodel: a\nopening: [heads]", "`opening` takes names"),
    ("heed-session: 1\nmodel: a\nsettings: {palette: pink}", "s.yaml:3: palette is one of"),
    ("a: \"b", "is not valid YAML"), ("heed-session: 1\nmodel: a\nzoom: 100", "`zoom` takes"),
  ])
  func whatIsWrongIsSaid(text: String, message: String) {
    do {
      _ = try SessionFile.parse(text, file: "s.yaml")
      Issue.record("\(text) was read")
    } catch {
      #expect("\(error)".contains(message), "\(error)")
    }
  }

  @Test func filesAndWhereTheirModelsLie() throws {
    try withTemporaryFolder { folder in
      let file = folder + "/s.yaml"
      var session = Self.session
      session.model = "models/mine"
      #expect(try SessionFile.write(session, to: file, replaces: false))
      #expect(try !SessionFile.write(session, to: file, replaces: false))
      #expect(try SessionFile.read(file).model == folder + "/models/mine")
      session.model = "en-fr-bahdanau"
      #expect(try SessionFile.write(session, to: file, replaces: true))
      #expect(try SessionFile.read(file).model == "en-fr-bahdanau")
      #expect(throws: UserFileError.self) { try SessionFile.write(session, to: folder, replaces: true) }
      #expect(SessionFile.isNamed(by: file) && !SessionFile.isNamed(by: folder + "/none.yaml"))
      #expect(throws: UserFileError.self) { try SessionFile.read(folder + "/none.yaml") }
      try FileManager.default.createDirectory(atPath: folder + "/model.yaml", withIntermediateDirectories: true)
      #expect(!SessionFile.isNamed(by: folder + "/model.yaml"))
    }
  }
}

@Suite struct FolderListingsTests {
  static func listings(_ folder: String) throws -> FolderListings {
    for path in ["models/en-fr-a", "work/marian", "work/notes", "work/.hidden"] {
      try FileManager.default.createDirectory(atPath: folder + "/" + path, withIntermediateDirectories: true)
    }
    for path in [
      "models/en-fr-a/config.json", "work/marian/model.safetensors", "work/b.npz", "work/readme.txt", "work/A.pt",
    ] {
      try Data().write(to: URL(filePath: folder + "/" + path))
    }
    let environment = ["HOME": folder, "HEED_MODELS": folder + "/models", "XDG_STATE_HOME": folder + "/state"]
    return FolderListings(
      locator: ModelLocator(environment: environment, executable: "/nowhere/heed"),
      folders: UserFolders(environment: environment), workingFolder: folder + "/work")
  }

  @Test func placesToBeginWith() throws {
    try withTemporaryFolder { folder in
      let listings = try Self.listings(folder)
      let recent = RememberedLines.recentModels(listings.folders)
      for path in ["/gone", folder + "/work/marian", folder + "/models/en-fr-a"] { try recent.remember(path) }
      let entries = listings.places().entries
      #expect(entries.map(\.kind) == [.sample, .recent, .folder, .folder, .folder])
      #expect(entries.map(\.name) == ["en-fr-a", "marian", "~/work", "~", "/"])
    }
  }

  @Test func whatLiesInAFolder() throws {
    try withTemporaryFolder { folder in
      let listing = try Self.listings(folder).entries(of: "~/work")
      #expect(listing.folder == folder + "/work")
      #expect(listing.entries.map(\.name) == ["..", ".hidden", "marian", "notes", "A.pt", "b.npz"])
      #expect(listing.entries.map(\.kind) == [.parent, .folder, .model, .folder, .file, .file])
      #expect(listing.entries.first?.path == folder)
      #expect(throws: UserFileError.self) { try Self.listings(folder).entries(of: folder + "/none") }
      let top = try Self.listings(folder).entries(of: "/")
      #expect(top.folder == "/" && top.entries.first?.path == "/")
    }
  }

  @Test func completions() throws {
    try withTemporaryFolder { folder in
      let listings = try Self.listings(folder)
      #expect(listings.completions(of: "") == ["A.pt", "b.npz", "marian/", "notes/", "readme.txt"])
      #expect(listings.completions(of: "n") == ["notes/"])
      #expect(listings.completions(of: "~/work/m") == ["~/work/marian/"])
      #expect(listings.completions(of: folder + "/wo") == [folder + "/work/"])
      #expect(listings.completions(of: "nowhere/") == [])
      #expect(listings.completions(of: ".h") == [".hidden/"])
    }
  }
}
