import ArgumentParser
import Engine
import Figures
import Models
import TUI
import Traces

/// `heed trace`: decodes sentences and prints what was recorded.
struct Trace: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Decode sentences and print what the model looked at.",
    discussion: """
      Sentences are arguments, or come one a line on standard input. Results go to standard output.

      EXAMPLES
        heed trace en-fr-bahdanau "The green apple is good."
        heed trace en-fr-bahdanau --format json < sentences.txt
        heed trace en-fr-bahdanau --target "La pomme est verte." "The apple is green."
        heed trace en-fr-bahdanau --beam 5 --length-penalty 0.6 "The apple is green."
        heed trace en-fr-bahdanau --silence L0H0 --force 1=pomme "The apple is green."
        heed trace ~/whisper-tiny --audio speech.wav
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, csv
  }

  @Argument(help: "A model folder, or a name that heed models lists.")
  var model: String

  @Argument(help: "What to decode; without any, each line of standard input.")
  var sentences: [String] = []

  @Option(help: "text: a table of weights; json: one line a sentence, schema heed-trace/1; csv: one line a cell.")
  var format = Format.text

  @Option(name: .customLong("source-ids"), help: ArgumentHelp("Encode exactly these ids.", valueName: "id,id,…"))
  var sourceIDs: TokenIDs?

  @OptionGroup var sound: SoundOptions

  @Option(help: ArgumentHelp("Record this translation in place of the model's own.", valueName: "text"))
  var target: String?

  @Option(name: .customLong("target-ids"), help: ArgumentHelp("The same, as ids.", valueName: "id,id,…"))
  var targetIDs: TokenIDs?

  @OptionGroup var beam: BeamOptions
  @OptionGroup(title: "What-if") var changes: InterventionOptions
  @OptionGroup var length: LengthOption
  @OptionGroup(title: "Models of other libraries") var opening: OpeningFlags

  func validate() throws {
    let isGiven = sourceIDs != nil || sound.path != nil
    if isGiven && !sentences.isEmpty || sourceIDs != nil && sound.path != nil {
      throw ValidationError("give one of sentences, --source-ids, --audio and --features")
    }
    if target != nil && targetIDs != nil { throw ValidationError("give either --target or --target-ids") }
    if (target != nil || targetIDs != nil) && beam.beam != nil {
      throw ValidationError("a given target leaves --beam nothing to choose; give one or the other")
    }
    if (target != nil || targetIDs != nil) && !isGiven && sentences.count != 1 {
      throw ValidationError("a given target needs exactly one sentence as an argument")
    }
    if !isGiven && sentences.isEmpty && StandardInput.isTerminal {
      throw ValidationError("give a sentence, or sentences on standard input")
    }
  }

  func run() throws {
    let model = try opening.open(self.model)
    var printer = TracePrinter(format: format)
    if let sourceIDs {
      try print(model.session(ids: sourceIDs.values, maximumLength: bound(model)), model, &printer)
    } else if let path = sound.path {
      let (session, notes) = try model.session(sound: path, maximumLength: bound(model))
      for note in notes { StandardError.note("heed: \(note)") }
      try print(session, model, &printer)
    } else if sentences.isEmpty {
      try StandardInput.forEachLine { line, number in
        do {
          try print(model.session(line, maximumLength: length.tokens), model, &printer)
        } catch let error as ModelError {
          throw StreamError(description: "standard input, line \(number): \(error)")
        }
      }
      guard printer.count > 0 else { throw StreamError(description: "standard input is empty; give a sentence a line") }
    } else {
      for sentence in sentences {
        try print(model.session(sentence, maximumLength: bound(model)), model, &printer)
      }
    }
  }

  /// Decodes as asked, with what-ifs once without and once with them.
  private func print(_ session: DecodingSession, _ model: ModelFolder, _ printer: inout TracePrinter) throws {
    let given = try given(model)
    let target = given.map { [Intervention.target($0)] } ?? []
    let interventions = try changes.interventions(model)
    let plain = try decode(session, target, length: given?.count)
    guard !interventions.isEmpty else { return try printer.print(plain.trace) }
    let changed = try decode(session, target + interventions, length: given?.count)
    try printer.print(changed.trace, effect: changed.difference(from: plain))
  }

  /// Runs to the end, or along a given target to its end.
  private func decode(
    _ session: DecodingSession, _ interventions: [Intervention], length: Int?
  ) throws -> DecodingSession {
    var session = session
    try session.intervene(interventions)
    if let length {
      session.jump(to: length)
    } else if let search = try beam.search {
      session.search(search)
    } else {
      session.run()
    }
    return session
  }

  /// A given target is recorded whole, however long, unless the user bounds it.
  private func bound(_ model: ModelFolder) throws -> Int? { try length.tokens ?? given(model)?.count }

  private func given(_ model: ModelFolder) throws -> [Int]? {
    try targetIDs?.values ?? target.map { try model.targetIDs($0) }
  }
}

/// Token ids separated by commas.
struct TokenIDs: ExpressibleByArgument {
  let values: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let values = parts.compactMap { Int($0.filter { $0 != " " }) }
    guard values.count == parts.count else { return nil }
    self.values = values
  }
}

/// `--max-length`, for every command that decodes.
struct LengthOption: ParsableArguments {
  @Option(
    name: .customLong("max-length"),
    help: ArgumentHelp("Stop after so many tokens; the model's own limit if not given.", valueName: "tokens"))
  var tokens: Int?

  func validate() throws {
    if let tokens, !(1...100_000).contains(tokens) {
      throw ValidationError("--max-length must be a number from 1 to 100000")
    }
  }
}
