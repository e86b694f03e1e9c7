import ArgumentParser
import Checkpoints
import Engine
import Metrics
import Models
import Tensors
import Training

/// `heed evaluate`: measures a model on pairs, and its attention on gold links.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure translations on held-out pairs, or word alignments on gold links.",
    discussion: """
      BLEU is counted as sacrebleu counts it; translations of one source are its references together. With --gold every \
      head's attention is compared with links that people drew (Och and Ney 2003), beside the diagonal.

      EXAMPLES
        heed evaluate en-fr-bahdanau eng-fra.dev.tsv.gz
        heed evaluate en-fr-bahdanau eng-fra.dev.tsv.gz --beam 5 --length-penalty 0.6
        heed evaluate en-fr-bahdanau --gold sample-models/gold/en-fr.tsv
        heed evaluate en-fr-bahdanau --gold dev.talp --gold-text dev.txt --gold-from 1
        heed evaluate --alignment links.pharaoh --gold sample-models/gold/en-fr.tsv
        heed evaluate en-fr-bahdanau pairs.tsv --json | jq .translation.bleu
      """)

  @Argument(help: "A model folder, or a name that heed models lists; none with --alignment.")
  var model: String?

  @Argument(help: "Pairs, one a line: source TAB target, plain or gzip.")
  var pairs: String?

  @OptionGroup var gold: GoldOptions

  @OptionGroup var links: LinkOptions

  @Option(help: ArgumentHelp("Compare the links of this file, not a model's; one line a gold pair.", valueName: "file"))
  var alignment: String?

  @Option(
    name: .customLong("alignment-from"),
    help: ArgumentHelp("The links of --alignment count tokens from 0 or 1.", valueName: "0|1"))
  var alignmentBase = 0

  @Option(
    name: .customLong("content-words"),
    help: ArgumentHelp("Whose function words are left out of content words: fr, en or none.", valueName: "language"))
  var contentWords = ContentWords.fr

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(help: "Compare without case, as sacrebleu -lc does.")
  var lowercase = false

  @Option(help: ArgumentHelp("Write the translations here, one a line.", valueName: "file"))
  var translations: String?

  @OptionGroup var beam: BeamOptions
  @OptionGroup(title: "Models of other libraries") var opening: OpeningFlags

  @Option(help: ArgumentHelp("Use so many threads.", valueName: "count"))
  var threads = 2

  /// The language of the target side.
  enum ContentWords: String, ExpressibleByArgument, CaseIterable {
    case fr, en, none

    var functionWords: FunctionWords? {
      switch self {
      case .fr: .french
      case .en: .english
      case .none: nil
      }
    }
  }

  func validate() throws {
    if alignment != nil {
      if model != nil { throw ValidationError("give either a model or --alignment") }
      if gold.gold == nil { throw ValidationError("--alignment needs --gold with the links to compare with") }
    } else if model == nil {
      throw ValidationError("give a model, or links with --alignment")
    } else if pairs == nil && gold.gold == nil {
      throw ValidationError("give a file of pairs, or --gold with a file of word links")
    }
    if pairs == nil && translations != nil { throw ValidationError("--translations needs a file of pairs") }
    if !(0...1).contains(alignmentBase) { throw ValidationError("--alignment-from takes 0 or 1") }
    if !(1...256).contains(threads) { throw ValidationError("--threads takes a number from 1 to 256") }
  }

  func run() throws {
    Threads.count = threads
    Memory.keepFreedPages()
    let report = try model.map(measure) ?? score()
    try StandardOutput.write(json ? report.json() : "\(report)")
  }

  private func measure(_ model: String) throws -> EvaluationReport {
    let folder = try opening.open(model)
    let aligner = try WordAligner(folder)
    var report = EvaluationReport(model: folder.path)
    let goldPairs = try gold.readPairs()
    if let pairs {
      let evaluation = try evaluate(PairsFile(path: pairs).read(), folder, aligner.encoder)
      report.pairs = pairs
      report.translation = .init(evaluation, search: try beam.search)
      if let translations {
        let lines = evaluation.translations.map { $0 + "\n" }.joined()
        try AtomicFile.write(lines.utf8, to: translations)
      }
    }
    if let goldPairs {
      let bar = ProgressBar()
      defer { bar.clear() }
      report.gold = gold.gold
      report.alignment = AlignmentReport(
        try AlignmentEvaluation(
          of: goldPairs, by: aligner, rule: links.rule, functionWords: contentWords.functionWords
        ) { done, all in bar.draw { "aligned \(done) of \(all) pairs" } })
    }
    return report
  }

  /// Links from a file, without a model.
  private func score() throws -> EvaluationReport {
    var report = EvaluationReport(model: nil)
    guard let standard = try gold.read(), let alignment else { return report }
    let found = try standard.predicted(path: alignment == "-" ? "/dev/stdin" : alignment, countingFrom: alignmentBase)
    report.gold = gold.gold
    report.alignment = AlignmentReport(
      AlignmentEvaluation(of: found, gold: standard, functionWords: contentWords.functionWords))
    return report
  }

  private func evaluate(_ pairs: [SentencePair], _ folder: ModelFolder, _ encoder: PairEncoder) throws -> Evaluation {
    var evaluator = Evaluator(model: folder.model, encoder: encoder)
    evaluator.maximumLength = folder.configuration.maximumTargetLength
    evaluator.ignoresCase = lowercase
    evaluator.model.search = try beam.search
    let bar = ProgressBar()
    defer { bar.clear() }
    evaluator.progress = { done, all in bar.draw { "measured \(100 * done / max(1, all)) %" } }
    return try evaluator.evaluate(pairs)
  }
}
