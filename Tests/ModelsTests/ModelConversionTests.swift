import Checkpoints
import Foundation
import GoldenFixtures
import Tensors
import TestSupport
import Testing
import Text
import Traces

@testable import Models

/// `heed convert`: what it writes decodes as the original does.
@Suite struct ModelConversionTests {
  /// Writes a model of random weights as heed's own folder.
  private func write<Model: ModelFamily>(_ configuration: Model.Configuration, as _: Model.Type, to path: String) throws
  {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let parameters = try Model.initialParameters(configuration, seed: 5)
    var writer = SafetensorsWriter()
    for name in parameters.names { if let tensor = parameters[name] { try writer.add(name, tensor) } }
    try writer.write(to: path + "/model.safetensors")
    try AtomicFile.write(configuration.json(), to: path + "/config.json")
  }

  private func trace(_ model: ModelFolder, _ source: [Int], hearing features: Tensor?) throws -> AttentionTrace {
    var session =
      if let features {
        try model.session(
          hearing: SoundSource(spectrogram: features, seconds: nil), text: "", maximumLength: 6)
      } else {
        try model.session(ids: source, maximumLength: 6)
      }
    session.run()
    return session.trace
  }

  /// - Parameter tolerance: of weights; ids must be equal.
  private func expectSame(_ path: String, _ other: String, source: [Int], tolerance: Float = 1e-6) throws {
    try expectSame(ModelFolder(path: path), ModelFolder(path: other), source: source, tolerance: tolerance)
  }

  private func expectSame(
    _ model: ModelFolder, _ other: ModelFolder, source: [Int], hearing features: Tensor? = nil,
    tolerance: Float = 1e-6
  ) throws {
    let (one, two) = (try trace(model, source, hearing: features), try trace(other, source, hearing: features))
    #expect(one.source == two.source && one.steps.map(\.token) == two.steps.map(\.token))
    let (layouts, others) = (model.model.attention, other.model.attention)
    #expect(layouts.map(\.site) == others.map(\.site) && layouts.map(\.heads) == others.map(\.heads))
    var compared = 0
    for layout in layouts {
      for (layer, head) in (0..<layout.layers).flatMap({ layer in (0..<layout.heads).map { (layer, $0) } }) {
        let selection = HeadSelection.head(HeadAddress(site: layout.site, layer: layer, head: head))
        let (a, b) = (try #require(one.matrix(selection)), try #require(two.matrix(selection)))
        #expect(a.weights.count == b.weights.count)
        #expect(zip(a.weights, b.weights).allSatisfy { abs($0 - $1) <= tolerance }, "\(selection)")
        compared += 1
      }
    }
    #expect(compared > 0)
  }

  @Test(arguments: ["marian", "marian-i8", "marian-i16", "marian-f16", "old-i8", "old-i16"])
  func aFolderOfCTranslate2(_ name: String) throws {
    try withTemporaryFolder { folder in
      let original = "\(CTranslate2Tests.folder)/\(name)"
      let conversion = try ModelConversion(path: original)
      try conversion.write(to: folder + "/out")
      let source = try #require(CTranslate2Tests.cases.first { $0.folder == name }).source
      try expectSame(original, folder + "/out", source: source)
      let model = try ModelFolder(path: folder + "/out")
      #expect(model.architecture == "heed-transformer")
      let text = name.hasPrefix("old") ? "آتزمون" : "Je ne mange pas"
      #expect(try model.session(text).trace.source == ModelFolder(path: original).session(text).trace.source)
      let files = try FileManager.default.contentsOfDirectory(atPath: folder + "/out").sorted()
      #expect(
        files == ["README.md", "config.json", "model.safetensors"]
          + (name.hasPrefix("old")
            ? ["source.tokenizer.json", "target.tokenizer.json"] : ["source.spm", "target.spm", "vocab.json"]))
      let card = String(decoding: try Data(contentsOf: URL(filePath: folder + "/out/README.md")), as: UTF8.self)
      #expect(card.contains(original) && card.contains("ctranslate2") && card.contains("\(conversion.parameterCount)"))
    }
  }

  @Test(
    arguments: HuggingFaceTests.names.map { "huggingface/\($0)" }
      + (HuggingFaceEncoderTests.encoders + HuggingFaceEncoderTests.languageModels + HuggingFaceEncoderTests.hearing)
      .map { "huggingface-encoders/\($0)" })
  func aFolderOfTransformers(_ name: String) throws {
    try withTemporaryFolder { folder in
      let path = try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil)).path
      let out = folder + "/out"
      try ModelConversion(path: path).write(to: out)
      let (original, model) = (try ModelFolder(path: path), try ModelFolder(path: out))
      #expect(original.hearsSound == model.hearsSound)
      if model.hearsSound {
        let golden = try GoldenCase("\(name)/expected", in: .module)
        let features = try golden.tensor("in.features.0").swappingFirstAxes()
        try expectSame(original, model, source: [], hearing: features)
      } else {
        try expectSame(original, model, source: [5, 9, 2])
        for text in original.source == nil ? [] : ["hello world", "Hello, World!", "je ne <mask> mange pas"] {
          #expect(try model.session(text).trace.source == original.session(text).trace.source)
        }
      }
    }
  }

  @Test(arguments: ForeignCase.all)
  func aCheckpointWithoutAConfiguration(_ test: ForeignCase) throws {
    try withTemporaryFolder { folder in
      let (path, out) = (try ForeignCase.file(test.path), folder + "/out")
      try ModelConversion(path: path, options: test.options).write(to: out)
      // What was said when it was converted need not be said again.
      let (original, model) = (try ModelFolder(path: path, options: test.options), try ModelFolder(path: out))
      let length = (original.configuration as? KerasConfiguration)?.paddedSourceLength ?? 0
      try expectSame(original, model, source: [1, 4, 3, 2] + Array(repeating: 0, count: max(0, length - 4)))
    }
  }

  @Test func modelsOfOurOwn() throws {
    try withTemporaryFolder { folder in
      try write(RandomTransformer.configuration(.encoderDecoder), as: Transformer.self, to: folder + "/transformer")
      var recurrent = Seq2SeqConfiguration()
      (recurrent.sourceEmbeddingSize, recurrent.targetEmbeddingSize, recurrent.attentionUnits) = (6, 6, 5)
      (recurrent.encoderUnits, recurrent.decoderUnits) = (8, 8)
      (recurrent.sourceVocabularySize, recurrent.targetVocabularySize) = (20, 22)
      try write(recurrent, as: Seq2Seq.self, to: folder + "/recurrent")
      for name in ["transformer", "recurrent"] {
        try ModelConversion(path: "\(folder)/\(name)").write(to: "\(folder)/\(name)-2")
        try expectSame("\(folder)/\(name)", "\(folder)/\(name)-2", source: [1, 9, 13, 7])
        // The same weights under the same names.
        let (one, two) = (
          try SafetensorsArchive(path: "\(folder)/\(name)/model.safetensors"),
          try SafetensorsArchive(path: "\(folder)/\(name)-2/model.safetensors")
        )
        #expect(one.tensors == two.tensors)
        for tensor in one.tensors {
          #expect(try one.tensor(named: tensor.name) == two.tensor(named: tensor.name))
        }
      }
    }
  }

  @Test func matricesAreRoundedAsAskedFor() throws {
    try withTemporaryFolder { folder in
      let original = CTranslate2Tests.folder + "/marian"
      let source = try #require(CTranslate2Tests.cases.first { $0.folder == "marian" }).source
      for (precision, type) in [(ModelConversion.Precision.float16, "F16"), (.bfloat16, "BF16"), (.float32, "F32")] {
        let path = "\(folder)/\(type)"
        try ModelConversion(path: original).write(to: path, precision: precision)
        let archive = try SafetensorsArchive(path: path + "/model.safetensors")
        for tensor in archive.tensors { #expect(tensor.type.name == (tensor.shape.count == 2 ? type : "F32")) }
        let tolerances: [ModelConversion.Precision: Float] = [.float32: 1e-6, .float16: 5e-3, .bfloat16: 5e-2]
        if precision != .bfloat16 {
          try expectSame(original, path, source: source, tolerance: tolerances[precision] ?? 0)
        }
      }
    }
  }

  @Test func wordsThatAPersonNamedComeAlong() throws {
    try withTemporaryFolder { folder in
      let words = folder + "/words.json"
      let list = Dictionary(uniqueKeysWithValues: (3...10).map { ("w\($0)", $0) }).merging(["<start>": 1, "<end>": 2]) {
        $1
      }
      try JSONSerialization.data(withJSONObject: list).write(to: URL(filePath: words))
      var options = OpeningOptions()
      options.targetVocabulary = words
      let path = try ForeignCase.file("tutorial-keras2-checkpoint")
      try ModelConversion(path: path, options: options).write(to: folder + "/out")
      let (original, model) = (try ModelFolder(path: path, options: options), try ModelFolder(path: folder + "/out"))
      #expect(model.source == nil && model.target?.piece(of: 5) == "w5")
      try expectSame(original, model, source: [1, 5, 2])
    }
  }

  @Test func nothingIsOverwritten() throws {
    try withTemporaryFolder { folder in
      func message(_ output: String, replaces: Bool = false, from: String = "/old-i8") -> String {
        do {
          try ModelConversion(path: CTranslate2Tests.folder + from).write(to: output, replaces: replaces)
          return ""
        } catch { return "\(error)" }
      }
      let out = folder + "/out"
      #expect(message(out).isEmpty)
      let before = try Data(contentsOf: URL(filePath: out + "/model.safetensors"))
      #expect(message(out) == "\(out): is there already; give another folder, or --force to replace it")
      #expect(try Data(contentsOf: URL(filePath: out + "/model.safetensors")) == before)
      #expect(message(out, replaces: true, from: "/marian").isEmpty)
      #expect(try Data(contentsOf: URL(filePath: out + "/model.safetensors")) != before)
      let other = folder + "/other"
      try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
      try Data("precious".utf8).write(to: URL(filePath: other + "/notes.txt"))
      #expect(message(other, replaces: true).hasPrefix("\(other): is no model folder"))
      #expect(message("/dev/null/x").hasPrefix("/dev/null/x: the folder cannot be made"))
      let own = CTranslate2Tests.folder + "/old-i8"
      #expect(message(own, replaces: true).hasPrefix("\(own): this is where the model is read from"))
      // Nor is a folder that holds the one that is read.
      let above = CTranslate2Tests.folder
      #expect(message(above, replaces: true).hasPrefix("\(above): this is where the model is read from"))
      // Nothing half-done lies about.
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["other", "out"])
    }
  }

  @Test func numbersThatDoNotFitAreNamed() throws {
    try withTemporaryFolder { folder in
      var configuration = RandomTransformer.configuration(.encoderDecoder)
      configuration.hasOutputBias = false
      let path = folder + "/in"
      try write(configuration, as: Transformer.self, to: path)
      var parameters = try Transformer.initialParameters(configuration, seed: 5)
      let name = try #require(parameters.names.first { parameters[$0]?.shape.rank == 2 })
      let shape = try #require(parameters[name]).shape
      parameters[name] = Tensor(shape, repeating: 1e6)
      var writer = SafetensorsWriter()
      for name in parameters.names { if let tensor = parameters[name] { try writer.add(name, tensor) } }
      try writer.write(to: path + "/model.safetensors")
      let error = #expect(throws: CheckpointError.self) {
        try ModelConversion(path: path).write(to: folder + "/out", precision: .float16)
      }
      #expect(error?.tensor == name && error?.description.contains("does not fit in F16") == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["in"])
    }
  }
}
