import Checkpoints
import Foundation
import TestSupport
import Testing
import Traces

@testable import Models

/// Folders of CTranslate2; the numbers are made by `Tests/Reference/ctranslate2_models.py`.
@Suite struct CTranslate2Tests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let folder: String
    let source: [Int]
    let ids: [Int]
    /// Log-probabilities of `ids`.
    let scores: [Float]
    /// By layer, head and row.
    let encoder: [[[[Float]]]]
    let decoder: [[[[Float]]]]
    let cross: [[[[Float]]]]

    var testDescription: String { "\(folder) \(source)" }
  }

  static let folder = Bundle.module.bundleURL.appending(path: "Fixtures/ctranslate2").path
  static let cases: [Case] =
    (try? JSONDecoder().decode([Case].self, from: Data(contentsOf: URL(filePath: folder + "/expected.json")))) ?? []

  @Test func theFixtureIsThere() { #expect(Self.cases.count == 12) }

  @Test(arguments: cases) func idsAndAttentionAreTheReferences(_ item: Case) throws {
    let model = try ModelFolder(path: "\(Self.folder)/\(item.folder)")
    #expect(model.architecture == "ctranslate2")
    try Self.compare(model, item, tolerance: 1e-5)
  }

  /// Decodes greedily and compares every weight of every site.
  static func compare(_ model: ModelFolder, _ item: Case, tolerance: Float) throws {
    var session = try model.session(ids: item.source, maximumLength: 7)
    session.run()
    let trace = session.trace
    #expect(trace.steps.map(\.token.id) == item.ids)
    for (step, score) in zip(trace.steps, item.scores) { #expect(abs(step.logProbability - score) < 1e-4) }
    for (site, expected) in [(Site.encoder, item.encoder), (.decoder, item.decoder), (.cross, item.cross)] {
      for (layer, heads) in expected.enumerated() {
        for (head, rows) in heads.enumerated() {
          let matrix = try #require(trace.matrix(.head(HeadAddress(site: site, layer: layer, head: head))))
          #expect(matrix.rows == rows.count)
          for (row, weights) in rows.enumerated() {
            for (column, weight) in weights.enumerated() {
              let found = matrix.weights[row * matrix.columns + column]
              #expect(abs(found - weight) < tolerance, "\(site) L\(layer)H\(head) \(row), \(column)")
            }
          }
        }
      }
    }
  }

  @Test func textIsCutAndJoined() throws {
    let old = try ModelFolder(path: Self.folder + "/old-i8")
    var session = try old.session("آتزمون")
    session.run()
    #expect(session.trace.targetText == "atzmon")
    #expect(session.trace.source.map(\.id) == [31, 10, 19, 13, 5, 7])
    let marian = try ModelFolder(path: Self.folder + "/marian")
    #expect(try marian.session("Je ne mange pas").trace.source.last?.piece == "</s>")
    #expect(marian.target != nil && marian.notes.isEmpty)
  }

  @Test func aFileOfTheFolderStandsForIt() throws {
    #expect(try ModelFolder(path: Self.folder + "/marian-i8/model.bin").source != nil)
  }

  @Test func whatIsMissingIsAskedFor() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.copyItem(atPath: Self.folder + "/old-i8/model.bin", toPath: folder + "/model.bin")
      #expect(Self.message(folder) == "\(folder): its vocabulary names no end token; give it as --end-id")
      var options = OpeningOptions()
      (options.startID, options.endID) = (1, 2)
      let item = try #require(Self.cases.first { $0.folder == "old-i8" })
      try Self.compare(ModelFolder(path: folder, options: options), item, tolerance: 1e-5)
      try Data("a\nb\n".utf8).write(to: URL(filePath: folder + "/target_vocabulary.txt"))
      #expect(Self.message(folder).contains("the target vocabulary has 2 pieces"))
      try FileManager.default.removeItem(atPath: folder + "/target_vocabulary.txt")
      let vocabulary = folder + "/shared_vocabulary.json"
      try Data("{}".utf8).write(to: URL(filePath: vocabulary))
      #expect(Self.message(folder).hasPrefix("\(vocabulary): is no list of pieces"))
    }
  }

  @Test func itsVariablesInAFileOfAnotherFormat() throws {
    try withTemporaryFolder { folder in
      let original = try Checkpoint(path: Self.folder + "/old-i8/model.bin")
      var writer = SafetensorsWriter()
      for tensor in original.tensors { try writer.add(tensor.name, of: original) }
      let path = folder + "/weights.safetensors"
      try writer.write(to: path)
      let item = try #require(Self.cases.first { $0.folder == "old-i8" })
      // How many heads there are is in no shape.
      #expect(Self.message(path) == "\(path): the file does not say how many heads there are; give --heads N")
      var options = OpeningOptions()
      options.heads = 8
      options.sourceVocabulary = Self.folder + "/old-i8/source_vocabulary.txt"
      options.targetVocabulary = Self.folder + "/old-i8/target_vocabulary.txt"
      let model = try ModelFolder(path: path, options: options)
      try Self.compare(model, item, tolerance: 1e-5)
      #expect(try model.session("آتزمون").trace.source.map(\.id) == [31, 10, 19, 13, 5, 7])
    }
  }

  static func message(_ path: String) -> String {
    do {
      _ = try ModelFolder(path: path)
      return "opened"
    } catch { return "\(error)" }
  }
}
