import Autograd
import Foundation
import GoldenFixtures
import Layers
import Tensors
import Traces

@testable import Models

/// One whole Transformer of `Tests/Reference/transformer.py`: its configuration, parameters and sentences.
struct GoldenTransformer {
  static let names = [
    "transformer-post", "transformer-pre", "transformer-wide", "decoder-only-pre", "decoder-only-plain",
    "encoder-only-post", "encoder-only-pre",
  ]
  /// Those that produce something.
  static let decoders = names.filter { !$0.hasPrefix("encoder-only") }

  let golden: GoldenCase
  let configuration: TransformerConfiguration
  let parameters: ParameterSet
  let sources: [[Int]]
  let targets: [[Int]]
  let greedy: [[Int]]

  private struct Options: Decodable {
    /// `config.json` as text.
    var config: String
  }

  init(_ name: String) throws {
    golden = try GoldenCase(name, in: .module)
    let config = try golden.options(Options.self).config
    configuration = try TransformerConfiguration(json: Data(config.utf8), file: name)
    var parameters = ParameterSet()
    for (name, tensor) in try golden.tensors("p.") { parameters[name] = tensor }
    self.parameters = parameters
    sources = try golden.integers("in.sources").map { $0.filter { $0 >= 0 } }
    targets = try golden.integers("in.targets").map { $0.filter { $0 >= 0 } }
    greedy = try golden.integers("out.greedy.ids").map { $0.filter { $0 >= 0 } }
  }

  func onTape() throws -> (model: Transformer, bound: BoundParameters, tape: Tape) {
    let tape = Tape()
    var bound = BoundParameters(parameters, tape: tape)
    return (try Transformer(configuration, &bound), bound, tape)
  }

  /// The model as it runs from a file: no tape, matrices read where they lie.
  func stored() throws -> Transformer {
    var source = FixtureParameters(golden: golden)
    return try Transformer(configuration, &source)
  }

  /// What the reference saw at a site in one sentence: `[L, H, T, S]`.
  func attention(_ site: Site, _ sentence: Int) throws -> Tensor {
    try golden.tensor("out.\(site.rawValue).\(sentence)")
  }

  /// Of the tokens of one target: `[T, V]`.
  func logits(_ sentence: Int) throws -> Tensor { try golden.tensor("out.logits.\(sentence)") }
}

extension AttentionBlock {
  /// `[L, H, rows, columns]`.
  var tensor: Tensor { Tensor([layers, heads, rows, columns], weights) }
}

extension Tensor {
  /// Row `row` of every matrix of `[L, H, T, S]`, its first `columns` numbers.
  func rowOfHeads(_ row: Int, columns: Int) -> Tensor {
    let (heads, rows) = (shape[0] * shape[1], shape[2])
    let indices = (0..<heads).map { $0 * rows + row }
    return reshaped([heads * rows, shape[3]]).gather(indices).columns(0..<columns)
      .reshaped([shape[0], shape[1], 1, columns])
  }
}
