import TestSupport
import Testing

@testable import Training

/// The fuzz target of recipes.
@Suite struct RecipeFuzzTests {
  private static let text = """
    model: {family: transformer, layers: 3, heads: 4, width: 256}
    tokenizers: {kind: bpe, size: 8000, shared: true}
    data:
      train: [a.tsv, b.tsv.gz]
      columns: [2, 1]
      source_max_tokens: 12
      split: {validation: 2000, seed: 9}
    training:
      seed: 3
      batch_tokens: 2000
      optimizer: {kind: adam, beta1: 0.8, epsilon: 1.0e-9}
      schedule: {kind: inverse_square_root, warmup_steps: 400}
      dropout: 0.25
    validation: {bleu_sentences: 100, measure: bleu, sample: "I do not know."}
    output: {model: m, run: r, precision: F32}
    """

  @Test func anyDamageEndsInOneLineOrInARecipe() {
    var fuzzer = Fuzzer(seed: 1)
    for _ in 0..<600 {
      let text = fuzzer.text(from: Self.text)
      do {
        _ = try Recipe(section: RecipeSection(text: text, file: "r.yaml"), text: text)
      } catch {
        #expect(Fuzzer.isOneLine(error), "\(error)")
        #expect("\(error)".contains("r.yaml"))
      }
    }
  }
}
