import ArgumentParser
import Checkpoints
import Engine
import Foundation
import Metrics
import Models
import Tensors
import Training

/// `heed evaluate`: measures a model on pairs, and its attention on gold links.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure translations on held-out pairs, or attention on gold links.",
    discussion: """
      BLEU is counted as sacrebleu counts it; translations of one source are its references together.

      EXAMPLES
        heed evaluate en-fr-bahdanau eng-fra.dev.tsv.gz
        heed evaluate en-fr-bahdanau --gold sample-models/gold/en-fr.tsv
        heed evaluate en-fr-bahdanau pairs.tsv --json | jq .translation.bleu
      """)

  @Argument(help: "A model folder, or a name that heed models lists.")
  var model: String

  @Argument(help: "Pairs, one a line: source TAB target, plain or gzip.")
  var pairs: String?

  @Option(help: ArgumentHelp("Also compare attention with these word links.", valueName: "file"))
  var gold: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(help: "Compare without case, as sacrebleu -lc does.")
  var lowercase = false

  @Option(help: ArgumentHelp("Write the translations here, one a line.", valueName: "file"))
  var translations: String?

  @Option(help: ArgumentHelp("Use so many threads.", valueName: "count"))
  var threads = 2

  func validate() throws {
    if pairs == nil && gold == nil {
      throw ValidationError("give a file of pairs, or --gold with a file of word links")
    }
    if pairs == nil && translations != nil { throw ValidationError("--translations needs a file of pairs") }
    if !(1...256).contains(threads) { throw ValidationError("--threads takes a number from 1 to 256") }
  }

  func run() throws {
    Threads.count = threads
    Memory.keepFreedPages()
    let folder = try ModelFolder(path: ModelLocator.ofThisProgram.find(model))
    guard let source = folder.source, let target = folder.target else {
      throw ModelError("\(folder.path): has no tokenizers; heed evaluate needs one for each side")
    }
    let encoder = PairEncoder(source: source, target: target, configuration: folder.configuration)
    var report = EvaluationReport(model: folder.path)
    if let pairs {
      let evaluation = try evaluate(PairsFile(path: pairs).read(), folder, encoder)
      report.pairs = pairs
      report.translation = .init(evaluation)
      if let translations {
        let lines = evaluation.translations.map { $0 + "\n" }.joined()
        try AtomicFile.write(lines.utf8, to: translations)
      }
    }
    if let gold {
      report.gold = gold
      report.alignment = .init(try AlignmentEvaluation(of: alignedPairs(gold), by: folder.model, encoder: encoder))
    }
    try StandardOutput.write(json ? report.json() : "\(report)")
  }

  private func evaluate(_ pairs: [SentencePair], _ folder: ModelFolder, _ encoder: PairEncoder) throws -> Evaluation {
    var evaluator = Evaluator(model: folder.model, encoder: encoder)
    evaluator.maximumLength = folder.configuration.maximumTargetLength
    evaluator.ignoresCase = lowercase
    let bar = ProgressBar()
    defer { bar.clear() }
    evaluator.progress = { done, all in bar.draw { "measured \(100 * done / max(1, all)) %" } }
    return try evaluator.evaluate(pairs)
  }

  private func alignedPairs(_ path: String) throws -> [AlignedPair] {
    guard let bytes = FileManager.default.contents(atPath: path), let text = String(validating: bytes, as: UTF8.self)
    else { throw TrainingError("\(path): cannot be read as UTF-8 text; give a file of word links") }
    do {
      return try AlignedPair.parse(text)
    } catch {
      throw TrainingError("\(path): \(error)")
    }
  }
}
