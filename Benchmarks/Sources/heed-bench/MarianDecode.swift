import ArgumentParser
import Checkpoints
import Foundation
import Layers
import Models
import Tensors
import Traces

/// Greedy translation of one sentence with a Transformer of OPUS-MT's base configuration, every head of every site kept.
struct MarianDecode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Decodes the sentence of a `marian-decode-1` dump.")

  @OptionGroup var options: BenchOptions

  mutating func run() throws {
    Threads.count = options.threads
    Memory.keepFreedPages()
    let dump = try MarianDump(options.weights)
    let model = try dump.model()
    let source = try dump.archive.ids("input.source_ids")[0]
    let steps = try dump.archive.ids("expected.ids")[0].count
    var decoded = Decoded()
    let seconds = times(options) { decoded = Decoded(model, source, steps: steps) }
    if let out = options.out { try decoded.write(to: out) }
    report(seconds)
  }
}

/// What one decode gives: ids, and the weights of every step as they were recorded.
private struct Decoded {
  var ids: [Int] = []
  var encoder: AttentionBlock?
  var decoder: [AttentionBlock] = []
  var cross: [AttentionBlock] = []

  init() {}

  /// Ends after `steps`: the dump's own model never chose the end token.
  init(_ model: Transformer, _ source: [Int], steps: Int) {
    let start = model.begin(source)
    encoder = start.encoder
    guard var state = start.state else { return }
    var token = start.first
    for _ in 0..<steps {
      let step = state.step(token)
      var logits = step.logits
      logits.suppress([model.endID] + model.suppressedTokens)
      token = logits.argmaxOfColumns()[0]
      ids.append(token)
      if let seen = step.decoder { decoder.append(seen) }
      if let seen = step.cross { cross.append(seen) }
      state = step.next
    }
  }

  func write(to path: String) throws {
    var writer = SafetensorsWriter()
    try writer.add("ids", Tensor([ids.count], ids.map(Float.init)))
    if let encoder { try writer.add("encoder_attention", Tensor(encoder.shape, encoder.weights)) }
    try writer.add("decoder_attention", Self.stack(decoder, columns: ids.count))
    try writer.add("cross_attention", Self.stack(cross, columns: cross.first?.columns ?? 0))
    try writer.write(to: path)
  }

  /// One row of each step, filled up with zeros: `[layers, heads, steps, columns]`.
  private static func stack(_ blocks: [AttentionBlock], columns: Int) -> Tensor {
    let (layers, heads) = (blocks.first?.layers ?? 0, blocks.first?.heads ?? 0)
    var all: [Float] = []
    for layer in 0..<layers {
      for head in 0..<heads {
        for block in blocks {
          let row = block.weights(layer: layer, head: head, row: 0)
          all += row + [Float](repeating: 0, count: columns - row.count)
        }
      }
    }
    return Tensor([layers, heads, blocks.count, columns], all)
  }
}

extension AttentionBlock {
  fileprivate var shape: Shape { [layers, heads, rows, columns] }
}

extension Tensor {
  fileprivate mutating func suppress(_ ids: [Int]) {
    withUnsafeMutableElements { logits in for id in ids { logits[id] = -.infinity } }
  }
}
