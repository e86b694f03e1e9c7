import CZlib
import Foundation
import Layers
import Tensors

@testable import Training

/// A folder of its own for one test, removed with the value's owner.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("heed-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }

  func write(_ bytes: [UInt8], to name: String) throws -> String {
    try Data(bytes).write(to: url.appendingPathComponent(name))
    return path(name)
  }

  /// Writes `text` through zlib.
  func writeGzip(_ text: String, to name: String) -> String {
    let file = gzopen(path(name), "wb")
    gzputs(file, text)
    gzclose_w(file)
    return path(name)
  }
}

/// The message of what `body` throws; nil if it throws nothing.
func message(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return "\(error)"
  }
}

/// Predicts a target's length as a weighted count of source tokens: `ŷ = Σ w[token]`, loss `(ŷ − y)²`.
///
/// Small enough to follow by hand, and with noise on the gradient that depends on seed and step, as dropout does.
struct LengthModel: Trainable {
  static let vocabulary = 4

  func initialParameters(seed: UInt64) -> ParameterSet {
    var generator = Randomness(seed: seed)
    var parameters = ParameterSet()
    parameters["weights"] = Tensor([Self.vocabulary], (0..<Self.vocabulary).map { _ in generator.uniform() })
    parameters["bias"] = Tensor([1], [0])
    return parameters
  }

  func lossAndGradients(
    of batch: Batch, parameters: ParameterSet, seed: UInt64, step: Int
  ) throws -> (loss: Double, gradients: ParameterSet) {
    var weights = [Float](repeating: 0, count: Self.vocabulary)
    var bias: Float = 0
    var loss = 0.0
    for (source, target) in zip(batch.sources, batch.targets) {
      let error = Self.predict(source, parameters) - Float(target.count)
      loss += Double(error * error) / Double(batch.sources.count)
      for token in source { weights[token] += 2 * error / Float(batch.sources.count) }
      bias += 2 * error / Float(batch.sources.count)
    }
    var generator = Randomness(seed: seed, stream: UInt64(step))
    for token in weights.indices { weights[token] += (generator.uniform() - 0.5) * 0.01 }
    var gradients = ParameterSet()
    gradients["weights"] = Tensor([Self.vocabulary], weights)
    gradients["bias"] = Tensor([1], [bias])
    return (loss, gradients)
  }

  static func predict(_ source: [Int], _ parameters: ParameterSet) -> Float {
    guard let weights = parameters["weights"], let bias = parameters["bias"] else { return .nan }
    return source.reduce(bias[0]) { $0 + weights[$1] }
  }

  /// Mean squared error.
  static func loss(_ pairs: [EncodedPair], _ parameters: ParameterSet) -> Double {
    pairs.reduce(0) { sum, pair in
      let error = Double(predict(pair.source, parameters)) - Double(pair.target.count)
      return sum + error * error / Double(pairs.count)
    }
  }

  /// Pairs whose target length is the sum of their source ids.
  static func pairs(_ count: Int, seed: UInt64 = 7) -> [EncodedPair] {
    var generator = Randomness(seed: seed)
    return (0..<count).map { _ in
      let source = (0..<(1 + generator.below(5))).map { _ in generator.below(vocabulary) }
      return EncodedPair(source: source, target: Array(repeating: 1, count: source.reduce(0, +) + 1))
    }
  }
}

extension Randomness {
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
