import ArgumentParser
import Checkpoints
import Models
import Tensors

/// Greedy translation of one sentence with the tutorial's model, attention kept at every step.
struct SeedDecode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Decodes the sentence of a `seed-decode-1` dump.")

  @OptionGroup var options: BenchOptions

  mutating func run() throws {
    Threads.count = options.threads
    let dump = try Dump(options.weights, format: "seed-decode-1")
    var parameters = ArchiveParameters(dump.archive, names: Dump.names)
    let model = try Seq2Seq(dump.model, &parameters)
    let source = try dump.archive.ids("input.source_ids")[0]
    var decoded = Decoded(ids: [], attention: [])
    let seconds = times(options) { decoded = decode(model, source, steps: dump.configuration.targetLength) }
    if let out = options.out {
      var writer = SafetensorsWriter()
      try writer.add("ids", Tensor([decoded.ids.count], decoded.ids.map(Float.init)))
      try writer.add("attention", Tensor([decoded.ids.count, source.count], decoded.attention))
      try writer.write(to: out)
    }
    report(seconds)
  }

  private struct Decoded {
    var ids: [Int]
    var attention: [Float]
  }

  private func decode(_ model: Seq2Seq, _ source: [Int], steps: Int) -> Decoded {
    var decoded = Decoded(ids: [], attention: [])
    let start = model.begin(source)
    guard var state = start.state else { return decoded }
    var token = start.first
    for _ in 0..<steps {
      let step = state.step(token)
      token = step.logits.argmaxOfColumns()[0]
      decoded.ids.append(token)
      decoded.attention += step.cross?.weights ?? []
      state = step.next
    }
    return decoded
  }
}
