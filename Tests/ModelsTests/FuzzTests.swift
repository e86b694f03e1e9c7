import Checkpoints
import Foundation
import TestSupport
import Testing

@testable import Models

/// The fuzz targets of what says how a model is built: configurations, folders of CTranslate2 and of Transformers.
@Suite struct FuzzTests {
  /// Opens a folder and decodes two steps with it.
  ///
  /// - Returns: whether it opened.
  @discardableResult
  private func survives(_ folder: String) -> Bool {
    do {
      let model = try ModelFolder(path: folder)
      var session = try model.session(ids: [0], maximumLength: 2)
      session.run()
      return true
    } catch {
      #expect(Fuzzer.isOneLine(error), "\(error)")
      return false
    }
  }

  @Test func configurationsOfOurOwn() throws {
    for kind in TransformerConfiguration.Kind.allCases {
      try withTemporaryFolder { folder in
        let configuration = RandomTransformer.configuration(kind)
        let parameters = try Transformer.initialParameters(configuration, seed: 3)
        var writer = SafetensorsWriter()
        for name in parameters.names { if let tensor = parameters[name] { try writer.add(name, tensor) } }
        try writer.write(to: folder + "/model.safetensors")
        let json = String(decoding: try configuration.json(), as: UTF8.self)
        var fuzzer = Fuzzer(seed: 1)
        for _ in 0..<120 {
          try Data(fuzzer.text(from: json).utf8).write(to: URL(filePath: folder + "/config.json"))
          survives(folder)
        }
      }
    }
    let json = String(decoding: try Seq2SeqConfiguration().json(), as: UTF8.self)
    var fuzzer = Fuzzer(seed: 2)
    for _ in 0..<200 {
      do {
        _ = try Seq2SeqConfiguration(json: Data(fuzzer.text(from: json).utf8), file: "config.json")
      } catch {
        #expect(Fuzzer.isOneLine(error), "\(error)")
      }
    }
  }

  /// The list as it stands, and one whose root object is right but for some words of its configuration.
  @Test func metadataOfSavedModels() throws {
    try withTemporaryFolder { parent in
      let folder = parent + "/saved"
      try FileManager.default.copyItem(
        atPath: ForeignCase.file("functional-labels-keras2/saved"), toPath: folder)
      let url = URL(filePath: folder + "/keras_metadata.pb")
      let whole = [UInt8](try Data(contentsOf: url))
      let configuration = try #require(Checkpoint(path: folder).metadata["config"])
      var fuzzer = Fuzzer(seed: 5)
      var opened = 0
      for _ in 0..<120 {
        try Data(fuzzer.bytes(from: whole)).write(to: url)
        if survives(folder) { opened += 1 }
        let root = Self.field(3, Array("root".utf8)) + Self.field(5, Array(fuzzer.text(from: configuration).utf8))
        try Data(Self.field(1, root)).write(to: url)
        if survives(folder) { opened += 1 }
      }
      #expect((1..<240).contains(opened))
    }
  }

  /// A field of a protocol buffer that holds bytes.
  private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    var head = [number << 3 | 2]
    var length = bytes.count
    while length > 0x7f {
      head.append(UInt8(length & 0x7f) | 0x80)
      length >>= 7
    }
    return head + [UInt8(length)] + bytes
  }

  @Test(arguments: ["marian-i8", "old-i8"])
  func foldersOfCTranslate2(_ name: String) throws {
    try withTemporaryFolder { folder in
      let original = CTranslate2Tests.folder + "/" + name
      let names = try FileManager.default.contentsOfDirectory(atPath: original).filter { !$0.hasSuffix(".spm") }
        .sorted()
      for name in names {
        try FileManager.default.copyItem(atPath: "\(original)/\(name)", toPath: "\(folder)/\(name)")
      }
      #expect(survives(folder))
      var fuzzer = Fuzzer(seed: 3)
      var opened = 0
      for name in names {
        let url = URL(filePath: "\(folder)/\(name)")
        let data = try Data(contentsOf: url)
        for _ in 0..<40 {
          let changed =
            name == "model.bin"
            ? Data(fuzzer.bytes(from: [UInt8](data)))
            : Data(fuzzer.text(from: String(decoding: data, as: UTF8.self)).utf8)
          try changed.write(to: url)
          if survives(folder) { opened += 1 }
        }
        try data.write(to: url)
      }
      #expect(opened < 40 * names.count)
    }
  }

  /// Every text file of a folder of Transformers', and what heed remembers of it.
  @Test(arguments: [
    "huggingface/marian", "huggingface/bart", "huggingface/t5", "huggingface-encoders/bert",
    "huggingface-encoders/gpt2",
  ])
  func foldersOfTransformers(_ name: String) throws {
    try withTemporaryFolder { folder in
      let original = Bundle.module.bundleURL.appending(path: "Fixtures/" + name).path
      let names = try FileManager.default.contentsOfDirectory(atPath: original).filter { $0 != "expected.safetensors" }
        .sorted()
      for name in names {
        try FileManager.default.copyItem(atPath: "\(original)/\(name)", toPath: "\(folder)/\(name)")
      }
      let remembered = "# heed --remember\nsource-language: en\nend-id: 2\nheads: 3\nhard-sigmoid: true\n"
      try Data(remembered.utf8).write(to: URL(filePath: folder + "/heed.yaml"))
      var fuzzer = Fuzzer(seed: 4)
      for name in names.filter({ !$0.hasSuffix(".safetensors") }) + ["heed.yaml"] {
        let url = URL(filePath: "\(folder)/\(name)")
        let data = try Data(contentsOf: url)
        for _ in 0..<60 {
          try Data(fuzzer.text(from: String(decoding: data, as: UTF8.self)).utf8).write(to: url)
          survives(folder)
        }
        try data.write(to: url)
      }
      try FileManager.default.removeItem(atPath: folder + "/heed.yaml")
      #expect(survives(folder))
    }
  }
}
