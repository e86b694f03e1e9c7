import ArgumentParser
import Engine
import Models
import Tensors
import Traces
import Training

/// `heed align`: word alignments of given translations, from cross-attention.
struct Align: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the word alignments that attention gives for pairs of sentences.",
    discussion: """
      One line for each pair, in the form that Pharaoh made common: i-j joins source word i to target word j, both counted \
      from 0. The model produces the given target; the row of attention that produced a token is the token's. A word's \
      weight is the sum over its source tokens and the mean over its target tokens. Rows that look at the end token most \
      are linked to nothing.

      Words are what white space parts. With --tokenized they are joined to running text before the model reads them \
      (l' eau . becomes l'eau.), as heed evaluate --gold does. Lines that begin with # and have no TAB are left out.

      EXAMPLES
        heed align en-fr-bahdanau pairs.tsv > pairs.pharaoh
        heed align en-fr-bahdanau --layer 0 --head 0 < pairs.tsv
        heed align en-fr-bahdanau pairs.tsv --best --gold sample-models/gold/en-fr.tsv
        heed align en-fr-bahdanau --tokenized sample-models/gold/en-fr.tsv |
          heed evaluate --alignment - --gold sample-models/gold/en-fr.tsv
      """)

  @Argument(help: "A model folder, or a name that heed models lists.")
  var model: String

  @Argument(help: "Pairs, one a line: source TAB target, plain or gzip; standard input if not given.")
  var pairs: String?

  @Option(
    help: ArgumentHelp("Take this layer, counted from 0: its mean, or one head with --head.", valueName: "number"))
  var layer: Int?

  @Option(help: ArgumentHelp("Take this head of the layer, counted from 0.", valueName: "number"))
  var head: Int?

  @Flag(help: "Take the mean over all heads of all layers (the default).")
  var mean = false

  @Flag(
    help: """
      Take the head whose links agree best with those of --gold, or without it with what the model needs: the source \
      word that, hidden, makes the target word least probable, in the first \(HeadChoice.mostPairs) pairs.
      """)
  var best = false

  @OptionGroup var gold: GoldOptions

  @OptionGroup var links: LinkOptions
  @OptionGroup(title: "Models of other libraries") var opening: OpeningFlags

  @Flag(help: "The sides are words parted by blanks: join them to running text first.")
  var tokenized = false

  func validate() throws {
    if [mean, best, layer != nil].count(where: { $0 }) > 1 {
      throw ValidationError("give one of --mean, --best and --layer")
    }
    if head != nil && layer == nil { throw ValidationError("--head needs --layer") }
    if gold.gold != nil && !best { throw ValidationError("--gold is for --best, to choose a head") }
    if pairs == nil && StandardInput.isTerminal {
      throw ValidationError("give a file of pairs, or pairs on standard input")
    }
  }

  func run() throws {
    Memory.keepFreedPages()
    let folder = try opening.open(model)
    let aligner = try WordAligner(folder)
    guard aligner.layout != nil else {
      throw ModelError("\(folder.path): has no cross-attention; there is no alignment to read")
    }
    if best && gold.gold == nil {
      var pairs: [(pair: EncodedWordPair, place: String)] = []
      try forEachPair(aligner.encoder) { pairs.append(($0, $1)) }
      let selection = HeadSelection.head(try chosenHead(for: pairs.map(\.pair), by: aligner, folder.path))
      for (pair, place) in pairs { try write(pair, place, selection, aligner) }
    } else {
      let selection = try selection(of: aligner, folder.path)
      try forEachPair(aligner.encoder) { try write($0, $1, selection, aligner) }
    }
  }

  private func write(
    _ pair: EncodedWordPair, _ place: String, _ selection: HeadSelection, _ aligner: WordAligner
  ) throws {
    do {
      let links = try aligner.read(pair).links(selection, rule: links.rule).sorted()
      try StandardOutput.write(links.map(\.description).joined(separator: " ") + "\n")
    } catch let error as ModelError {
      throw TrainingError("\(place): \(error)")
    }
  }

  private func selection(of aligner: WordAligner, _ path: String) throws -> HeadSelection {
    if best, let pairs = try gold.readPairs() {
      let bar = ProgressBar()
      defer { bar.clear() }
      let evaluation = try AlignmentEvaluation(of: pairs, by: aligner, rule: links.rule) { done, all in
        bar.draw { "compared \(done) of \(all) gold pairs" }
      }
      guard let best = evaluation.best else { throw ModelError("\(path): has no head to choose from") }
      bar.clear()
      StandardError.note("heed: \(best.selection) agrees best with \(gold.gold ?? ""): \(best.scores.allWords)")
      return best.selection
    }
    guard let layer else { return .mean(site: .cross, layer: nil) }
    let layout = aligner.layout ?? AttentionLayout(site: .cross, layers: 0, heads: 0)
    guard (0..<layout.layers).contains(layer), (0..<layout.heads).contains(head ?? 0) else {
      let name = head.map { "L\(layer)H\($0)" } ?? "L\(layer)"
      throw ModelError(
        "\(path): has no \(name); its cross-attention has \(layout.layers) layers and \(layout.heads) heads, from L0H0")
    }
    return head.map { .head(HeadAddress(site: .cross, layer: layer, head: $0)) } ?? .mean(site: .cross, layer: layer)
  }

  /// By what the model needs, see `HeadChoice`.
  private func chosenHead(
    for pairs: [EncodedWordPair], by aligner: WordAligner, _ path: String
  ) throws -> HeadAddress {
    let bar = ProgressBar()
    defer { bar.clear() }
    let choice = try HeadChoice(for: pairs, by: aligner, rule: links.rule) { done, all in
      bar.draw { "hid the words of \(done) of \(all) pairs" }
    }
    guard let choice else { throw ModelError("\(path): has no head to choose from") }
    bar.clear()
    let words = choice.score.predicted > 0 ? ": \(choice.score)" : ", the only one"
    StandardError.note("heed: \(choice.head) agrees best with what the model needs in \(choice.pairs) pairs\(words)")
    return choice.head
  }

  /// Each pair with the place that it came from.
  private func forEachPair(_ encoder: PairEncoder, _ body: (EncodedWordPair, String) throws -> Void) throws {
    func encoded(_ pair: SentencePair) -> EncodedWordPair {
      tokenized
        ? encoder.encodeWords(source: pair.sourceWords, target: pair.targetWords) : encoder.encodeWords(pair)
    }
    guard let pairs else {
      let input = PairsFile(path: "standard input", skipsComments: true)
      var count = 0
      try StandardInput.forEachLine { line, number in
        guard let pair = try input.pair(line, number: number) else { return }
        count += 1
        try body(encoded(pair), "standard input:\(number)")
      }
      if count == 0 { throw StreamError(description: "standard input is empty; give source TAB target on each line") }
      return
    }
    for (index, pair) in try PairsFile(path: pairs, skipsComments: true).read().enumerated() {
      try body(encoded(pair), "\(pairs), pair \(index + 1)")
    }
  }
}

extension SentencePair {
  fileprivate var sourceWords: [String] { source.split(whereSeparator: \.isWhitespace).map(String.init) }
  fileprivate var targetWords: [String] { target.split(whereSeparator: \.isWhitespace).map(String.init) }
}
