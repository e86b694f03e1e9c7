import ArgumentParser
import Models
import Traces

/// `--beam` and `--length-penalty`, for every command that chooses between translations.
struct BeamOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Decode with a beam search of this width; 1 is greedy.", valueName: "width"))
  var beam: Int?

  @Option(
    name: .customLong("length-penalty"),
    help: ArgumentHelp(
      "Favour longer translations: the exponent of Wu et al. 2016; 0 if not given.", valueName: "number"))
  var lengthPenalty: Float?

  func validate() throws {
    if lengthPenalty != nil && beam == nil { throw ValidationError("--length-penalty needs --beam") }
    do {
      _ = try search
    } catch {
      throw ValidationError("\(error)")
    }
  }

  /// Nil for greedy decoding without a tree.
  var search: BeamSearch? {
    get throws { try beam.map { try BeamSearch(width: $0, lengthPenalty: lengthPenalty ?? 0) } }
  }
}

/// What-ifs: each option is the verb of an intervention, its value the argument.
struct InterventionOptions: ParsableArguments {
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Produce this token at this step: a piece of the vocabulary, or #id.", valueName: "step=token"))
  var force: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Take away what a head contributes, such as L0H3 or L0H3@encoder.", valueName: "head"))
  var silence: [String] = []

  @Option(
    name: .customLong("silence-others"), parsing: .singleValue,
    help: ArgumentHelp("Take away what all other heads of its site contribute.", valueName: "head"))
  var silenceOthers: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Let no head look at this source token, counted from 0.", valueName: "position"))
  var hide: [String] = []

  @Option(
    name: .customLong("set-row"), parsing: .singleValue,
    help: ArgumentHelp(
      "Set a row of weights: to one column (L0H0:2=5), uniform, column:weight, or [weight,…].",
      valueName: "head:row=value"))
  var setRow: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Divide scores by this before the softmax, at all sites or at one: 0.5@cross.", valueName: "number"))
  var temperature: [String] = []

  private var texts: [(verb: Intervention.Verb, arguments: [String])] {
    [
      (.force, force), (.silence, silence), (.silenceOthers, silenceOthers), (.hide, hide), (.setRow, setRow),
      (.temperature, temperature),
    ]
  }

  func validate() throws {
    for (verb, arguments) in texts {
      for argument in arguments where verb == .force ? !argument.contains("=") : read(verb, argument) == nil {
        throw ValidationError("--\(verb.rawValue): '\(argument)' cannot be read; \(verb.example)")
      }
    }
  }

  /// The interventions, tokens looked up in the model's vocabulary.
  ///
  /// - Throws: `ModelError` for a token that the model lacks.
  func interventions(_ model: ModelFolder) throws -> [Intervention] {
    try texts.flatMap { verb, arguments in
      try arguments.compactMap { try verb == .force ? forced($0, model) : read(verb, $0) }
    }
  }

  private func read(_ verb: Intervention.Verb, _ argument: String) -> Intervention? {
    Intervention(verb, argument: argument)
  }

  private func forced(_ argument: String, _ model: ModelFolder) throws -> Intervention {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let step = Int(parts[0]), step >= 0 else {
      throw ModelError("--force: '\(argument)' cannot be read; \(Intervention.Verb.force.example)")
    }
    return .force(token: try model.targetID(of: String(parts[1])), step: step)
  }
}

extension Intervention.Verb {
  /// How an argument is written.
  fileprivate var example: String {
    switch self {
    case .force: "give a step and a token, such as 3=pomme or 3=#17"
    case .target: "give ids, such as #4,#9,#2"
    case .silence, .silenceOthers: "give a head, such as L0H3 or L0H3@decoder"
    case .hide: "give a position in the source, from 0"
    case .setRow: "give a head, a row and a value, such as L0H3@cross:2=5 or L0H3@cross:2=uniform"
    case .temperature: "give a number above 0, such as 0.5 or 0.5@cross"
    }
  }
}
