/// What is measured after each epoch, and what decides that a model is better.
public struct ValidationRecipe: Sendable, Equatable {
  public enum Measure: String, Sendable, CaseIterable {
    case loss, bleu
  }

  /// Source sentences that are translated for BLEU; 0 for none.
  public var bleuSentences = 500
  /// What must improve for the model folder to be written and for training to go on.
  public var measure = Measure.loss
  /// Training stops after so many epochs without improvement; nil for never.
  public var patience: Int?
  /// The sentence whose translation is printed; nil for the first of the validation part.
  public var sample: String?

  public init() {}

  /// - Parameter translates: false for a language model, which has no translations to measure.
  init(_ section: RecipeSection?, translates: Bool) throws {
    if !translates { bleuSentences = 0 }
    guard let section else { return }
    try section.allow(["bleu_sentences", "measure", "patience", "sample"])
    bleuSentences = try section.integer("bleu_sentences", in: 0...1_000_000) ?? bleuSentences
    measure = try section.choice("measure") ?? measure
    patience = try section.integer("patience", in: 1...1_000_000)
    sample = try section.string("sample")
    if !translates && bleuSentences > 0 {
      throw section.wrong("bleu_sentences", because: "a language model translates nothing; leave it out")
    }
    if measure == .bleu && bleuSentences == 0 {
      throw section.wrong("measure", because: "bleu needs `validation.bleu_sentences` above 0")
    }
  }

  /// What is compared; higher is better.
  func score(_ result: ValidationResult) -> Double {
    measure == .bleu ? result.bleu ?? -.infinity : -result.loss
  }
}
