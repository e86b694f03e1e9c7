import ArgumentParser
import Autograd
import Checkpoints
import Layers
import Models
import Tensors

/// One training step of the tutorial's model: teacher forcing, masked loss, Adam.
struct SeedTrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains on the batch of a `seed-train-1` dump.")

  @OptionGroup var options: BenchOptions

  mutating func run() throws {
    Threads.count = options.threads
    Memory.keepFreedPages()
    let dump = try Dump(options.weights, format: "seed-train-1")
    let batch = try Batch(dump)
    if let out = options.out {
      var trainer = try SeedTrainer(dump)
      let losses = try (0..<4).map { _ in try trainer.step(batch) }
      var writer = SafetensorsWriter()
      try writer.add("losses", Tensor([4], losses))
      try writer.write(to: out)
    }
    var trainer = try SeedTrainer(dump)
    report(try times(options) { _ = try trainer.step(batch) })
  }
}

/// The dump's sentences; targets end where the padding begins, which the masked loss does not count anyway.
private struct Batch {
  let sources: [[Int]]
  let targets: [[Int]]

  init(_ dump: Dump) throws {
    sources = try dump.archive.ids("input.source_ids")
    targets = try dump.archive.ids("input.target_ids").map { row in Array(row.dropFirst().prefix { $0 != 0 }) }
  }
}

private struct SeedTrainer {
  private let model: Seq2SeqConfiguration
  private var parameters = ParameterSet()
  private var adam: Adam

  init(_ dump: Dump) throws {
    model = dump.model
    for (ours, theirs) in Dump.names.sorted(by: { $0.key < $1.key }) {
      parameters[ours] = try dump.archive.tensor(named: theirs)
    }
    adam = Adam(parameters, options: Adam.Options(correctsBeforeEpsilon: true))  // PyTorch's formula, as the dump says
  }

  mutating func step(_ batch: Batch) throws -> Float {
    let tape = Tape()
    var source = BoundParameters(parameters, tape: tape)
    let model = try Seq2Seq(model, &source)
    var context = ForwardContext(trainingWithDropout: 0, randomness: Randomness(seed: 0))
    let (loss, _) = model.loss(
      sources: batch.sources, targets: batch.targets, average: .sentences, &context)
    let gradients = source.gradients(from: tape.gradients(of: loss))
    adam.update(&parameters, gradients, rate: 1e-3)
    return loss.value.scalar
  }
}
