import ArgumentParser
import Engine
import Models
import Tensors
import Traces
import Training

/// `heed heads`: which head does what, over a file of sentences.
struct Heads: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure what each attention head does, and name it.",
    discussion: """
      Each sentence is decoded greedily; a line SOURCE TAB TARGET is decoded along its target. Figures are means over the \
      rows of all sentences.

      entropy: of a row, in bits; breadth: the same as a part of the largest possible. sharpness: a row's largest weight. \
      distance: columns from the diagonal, weighted; rel. distance: the same as a part of what even weights would have. \
      previous, same, next: weight on the token before, at and after the row's own. start, end, special: weight on these \
      tokens. agreement: weight that lies where the mean over heads puts it. coverage: source tokens that are some row's \
      strongest.

      A head is named after the place that has at least half of its weight (previous, same or next token, start or end \
      sink); else it is broad if its breadth is at least and its sharpness below one half; else, in cross-attention, \
      alignment if its coverage is at least and its relative distance at most one half; else selective.

      EXAMPLES
        heed heads en-fr-bahdanau "The green apple is good."
        heed heads en-fr-bahdanau < sentences.txt
        cut -f1,2 sample-models/gold/en-fr.tsv | grep -v '^#' | heed heads en-fr-bahdanau --json
      """)

  @Argument(help: "A model folder, or a name that heed models lists.")
  var model: String

  @Argument(help: "What to decode; without any, each line of standard input.")
  var sentences: [String] = []

  @OptionGroup var length: LengthOption
  @OptionGroup(title: "Models of other libraries") var opening: OpeningFlags

  @Flag(help: "Print one JSON object, schema heed-heads/1.")
  var json = false

  func validate() throws {
    if sentences.isEmpty && StandardInput.isTerminal {
      throw ValidationError("give a sentence, or sentences on standard input")
    }
  }

  func run() throws {
    Memory.keepFreedPages()
    let model = try opening.open(self.model)
    var report = HeadReport(model: model.description.name)
    let bar = ProgressBar()
    defer { bar.clear() }
    for sentence in sentences { report.add(try trace(sentence, model)) }
    if sentences.isEmpty {
      try StandardInput.forEachLine { line, number in
        do {
          report.add(try trace(line, model))
        } catch let error as ModelError {
          throw StreamError(description: "standard input, line \(number): \(error)")
        }
        bar.draw { "measured \(number) sentences" }
      }
      guard report.sentences > 0 else {
        throw StreamError(description: "standard input is empty; give a sentence a line")
      }
    }
    bar.clear()
    try StandardOutput.write(json ? report.json() : "\(report)")
  }

  private func trace(_ line: String, _ model: ModelFolder) throws -> AttentionTrace {
    let sides = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard sides.count == 2 else {
      var session = try model.session(line, maximumLength: length.tokens)
      session.run()
      return session.trace
    }
    let target = try model.targetIDs(sides[1])
    var session = try model.session(sides[0], maximumLength: length.tokens ?? target.count)
    for id in target where session.trace.ending == .open { try session.force(id) }
    return session.trace
  }
}
