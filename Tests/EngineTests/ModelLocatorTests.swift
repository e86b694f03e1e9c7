import Foundation
import Testing

@testable import Engine

/// A folder tree that is removed with the value.
private final class Tree {
  let root: String

  init(_ files: [String]) throws {
    root = FileManager.default.temporaryDirectory.appending(path: "heed-\(UUID().uuidString)").path
    for file in files {
      let url = URL(filePath: root).appending(path: file)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data().write(to: url)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }
}

@Suite struct ModelLocatorTests {
  private func tree() throws -> Tree {
    try Tree([
      "checkout/Package.swift", "checkout/sample-models/en-fr-bahdanau/config.json",
      "checkout/sample-models/gold/en-fr.tsv", "installed/share/heed/models/b/config.json",
      "installed/share/heed/models/a/config.json", "own/a/config.json", "data/heed/models/c/config.json",
    ])
  }

  @Test func aCheckoutIsFoundFromItsBuildFolder() throws {
    let tree = try tree()
    let locator = ModelLocator(environment: [:], executable: tree.root + "/checkout/.build/x/release/heed")
    #expect(locator.folders == [tree.root + "/checkout/sample-models"])
    #expect(locator.all() == [tree.root + "/checkout/sample-models/en-fr-bahdanau"])
    #expect(try locator.find(nil) == tree.root + "/checkout/sample-models/en-fr-bahdanau")
  }

  @Test func theUsersOwnFoldersComeFirstAndSharedDataLast() throws {
    let tree = try tree()
    let locator = ModelLocator(
      environment: ["HEED_MODELS": "/none:\(tree.root)/own", "XDG_DATA_HOME": tree.root + "/data", "HOME": "/home/x"],
      executable: tree.root + "/installed/bin/heed")
    #expect(
      locator.all() == [
        tree.root + "/own/a", tree.root + "/installed/share/heed/models/b", tree.root + "/data/heed/models/c",
      ])
    #expect(try locator.find("a") == tree.root + "/own/a")
    #expect(try locator.find("b") == tree.root + "/installed/share/heed/models/b")
    #expect(try locator.find(nil) == tree.root + "/own/a")
  }

  @Test func withoutXDGTheHomeFolderIsLookedThrough() {
    let locator = ModelLocator(environment: ["HOME": "/home/x", "XDG_DATA_HOME": "relative"], executable: "/bin/heed")
    #expect(locator.folders == ["/share/heed/models", "/home/x/.local/share/heed/models"])
  }

  @Test func whatIsNotThereIsNamedWithThePlacesThatWereTried() throws {
    let tree = try tree()
    let locator = ModelLocator(environment: ["HEED_MODELS": "/x:/y"], executable: "/opt/heed")
    func message(_ model: String?) -> String? {
      #expect(throws: EngineError.self) { try locator.find(model) }?.description
    }
    #expect(message("a") == "a: no model of this name; looked in /x, /y; heed models lists what there is")
    #expect(message(nil) == "no model found; looked in /x, /y; set HEED_MODELS or give the path of a model folder")
    #expect(
      message("/x/a")
        == "/x/a: there is no such folder or file; give the path of a model, or a name from heed models")
    #expect(
      message("") == "the name of the model is empty; give the path of a model, or a name from heed models")
    let file = tree.root + "/own/a/config.json"
    #expect(try locator.find(file) == file)
    #expect(try locator.find(tree.root + "/own") == tree.root + "/own")
  }
}
