import Autograd
import Checkpoints
import Foundation
import GoldenFixtures
import Layers
import Tensors

@testable import Models

/// One whole model of `Tests/Reference/seq2seq.py`: its configuration, parameters and batch.
struct GoldenModel {
  let golden: GoldenCase
  let configuration: Seq2SeqConfiguration
  let parameters: ParameterSet
  let sources: [[Int]]
  let targets: [[Int]]
  /// What the decoder reads under teacher forcing, padding included: `[B][T]`.
  let given: [[Int]]

  init(_ name: String) throws {
    golden = try GoldenCase(name, in: .module)
    configuration = Seq2SeqConfiguration(try golden.options(ReferenceOptions.self))
    var parameters = ParameterSet()
    for (name, tensor) in try golden.tensors("p.") { parameters[name] = tensor }
    self.parameters = parameters
    let padded = try golden.integers("in.source")
    let lengths = try golden.integers("in.lengths")[0]
    // Where padding is not masked, the tutorial's encoder reads it like any token.
    let masks = configuration.masksSource
    sources = zip(padded, lengths).map { masks ? Array($0.prefix($1)) : $0 }
    targets = try golden.integers("in.targets").map { $0.filter { $0 != 0 } }
    given = try golden.integers("in.given")
  }

  /// The model on a tape.
  func onTape(_ parameters: ParameterSet) throws -> (model: Seq2Seq, bound: BoundParameters, tape: Tape) {
    let tape = Tape()
    var bound = BoundParameters(parameters, tape: tape)
    return (try Seq2Seq(configuration, &bound), bound, tape)
  }

  /// The model as it runs from a file: no tape, matrices read where they lie.
  func stored() throws -> Seq2Seq {
    var source = FixtureParameters(golden: golden)
    return try Seq2Seq(configuration, &source)
  }
}

struct FixtureParameters: ParameterSource {
  let golden: GoldenCase

  func weight(_ name: String, _ rows: Int, _ columns: Int, _ start: Initializer) throws -> Weight {
    .stored(try golden.matrix("p." + name, rows: rows, columns: columns))
  }

  func tensor(_ name: String, _ shape: Shape, _ start: Initializer) throws -> Variable {
    Variable(try golden.tensor("p." + name).reshaped(shape))
  }
}

/// The options as the Python script names them.
private struct ReferenceOptions: Decodable {
  var cell: String
  var resetAfter: Bool
  var encoderLayers: Int
  var decoderLayers: Int
  var encoderUnits: Int
  var decoderUnits: Int
  var attentionUnits: Int
  var bidirectional: Bool
  var attention: String
  var score: String?
  var local: String?
  var window: Int?
  var inputFeeding: Bool
  var carry: Bool
  var maskSource: Bool
  var deep: Bool
  var tied: Bool
}

extension Seq2SeqConfiguration {
  fileprivate init(_ reference: ReferenceOptions) {
    self.init()
    attention =
      reference.score.flatMap(Mechanism.init(rawValue:)) ?? (reference.attention == "none" ? .none : .additive)
    attentionUnits = reference.attentionUnits
    attentionSpan =
      switch reference.local {
      case "monotonic": .localMonotonic
      case "predictive": .localPredictive
      default: .global
      }
    attentionWindow = reference.window ?? attentionWindow
    inputFeeding = reference.inputFeeding
    cell = reference.cell == "lstm" ? .lstm : .gru
    resetAfter = reference.resetAfter
    (sourceEmbeddingSize, targetEmbeddingSize) = (6, 6)
    (encoderUnits, encoderLayers) = (reference.encoderUnits, reference.encoderLayers)
    (decoderUnits, decoderLayers) = (reference.decoderUnits, reference.decoderLayers)
    bidirectional = reference.bidirectional
    decoderState = reference.carry ? .carried : .zeros
    masksSource = reference.maskSource
    readout = reference.deep ? .deep : .state
    readoutUnits = 6
    tiesEmbeddings = reference.tied
    (sourceVocabularySize, targetVocabularySize) = (13, 11)
  }
}
