import Foundation
import GoldenFixtures
import Tensors
import Traces

@testable import Models

/// One model folder of `Tests/Reference/huggingface_encoders.py`, with what Transformers computes from it.
struct GoldenFolder {
  let name: String
  let path: String
  let golden: GoldenCase
  let sources: [[Int]]
  let texts: [String]

  private struct Options: Decodable {
    var texts: [String]
  }

  init(_ name: String) throws {
    self.name = name
    golden = try GoldenCase("huggingface-encoders/\(name)/expected", in: .module)
    guard let url = Bundle.module.url(forResource: "Fixtures/huggingface-encoders/\(name)", withExtension: nil) else {
      throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: name])
    }
    path = url.path
    texts = try golden.options(Options.self).texts
    sources = ((try? golden.integers("in.sources")) ?? []).map { $0.filter { $0 >= 0 } }
  }

  /// 1e-3 where the file has half the precision, though the reference rounds the same numbers.
  var tolerance: Float { name.hasSuffix("float16") ? 1e-3 : 1e-5 }

  func folder() throws -> ModelFolder { try ModelFolder(path: path) }

  /// `[L, H, T, S]` of one source.
  func attention(_ site: Site, _ number: Int) throws -> Tensor {
    try golden.tensor("out.\(site.rawValue).\(number)")
  }

  /// Row by row, what is to follow each token: `[T, V]`.
  func logits(_ number: Int) throws -> Tensor { try golden.tensor("out.logits.\(number)") }

  func greedy(_ number: Int) throws -> [Int] {
    try golden.integers("out.greedy.ids")[number].filter { $0 >= 0 }
  }

  /// The greatest difference between the logarithms of the probabilities of a trace's tokens and the reference's.
  func logProbabilityError(_ trace: AttentionTrace, _ number: Int) throws -> Float {
    let logits = try logits(number)
    return trace.steps.enumerated().map { row, step in
      let next = NextTokens(logits.row(row))
      return abs(step.logProbability - Float(next.logProbability(of: step.token.id)))
    }.max() ?? .infinity
  }

  /// A copy of the folder whose `file` has some keys changed, for as long as `body` runs.
  func changing<Result>(
    _ file: String = "config.json", _ changes: [String: Any], _ body: (String) throws -> Result
  ) throws -> Result {
    let copy = FileManager.default.temporaryDirectory.appendingPathComponent("heed-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: URL(fileURLWithPath: path), to: copy)
    defer { try? FileManager.default.removeItem(at: copy) }
    let url = copy.appendingPathComponent(file)
    var object = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any] ?? [:]
    object.merge(changes) { $1 }
    try JSONSerialization.data(withJSONObject: object).write(to: url)
    return try body(copy.path)
  }
}

extension AttentionTrace {
  /// Every head of a site over all rows: `[L, H, T, S]`.
  func tensor(_ site: Site) -> Tensor? {
    let block = site == .encoder ? encoder : site == .cross ? steps.first?.cross : steps.first?.decoder
    guard let block else { return nil }
    var matrices: [AttentionMatrix] = []
    for layer in 0..<block.layers {
      for head in 0..<block.heads {
        guard let matrix = matrix(.head(HeadAddress(site: site, layer: layer, head: head))) else { return nil }
        matrices.append(matrix)
      }
    }
    guard let first = matrices.first else { return nil }
    return Tensor([block.layers, block.heads, first.rows, first.columns], matrices.flatMap { $0.weights })
  }
}
