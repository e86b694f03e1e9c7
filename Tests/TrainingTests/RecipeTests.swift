import Layers
import Testing
import Text

@testable import Training

@Suite struct RecipeTests {
  static let minimal = """
    data:
      train: pairs.tsv
    output:
      model: models/a
      run: runs/a
    """

  func recipe(_ text: String) throws -> Recipe {
    try Recipe(section: RecipeSection(text: text, file: "r.yaml"), text: text)
  }

  @Test func aShortRecipeHasDefaults() throws {
    let recipe = try recipe(Self.minimal)
    #expect(recipe.data.train == ["pairs.tsv"])
    #expect(recipe.data.columns == PairsFile.Columns(source: 1, target: 2))
    #expect(recipe.data.validationShare == .fraction(0.02) && recipe.data.testShare == .fraction(0))
    #expect(recipe.training == TrainingRecipe() && recipe.validation == ValidationRecipe())
    #expect(recipe.output.precision == .float16)
  }

  @Test func everyKeyIsRead() throws {
    let recipe = try recipe(
      """
      data:
        train: [a.tsv, b.tsv.gz]
        test: t.tsv
        columns: [2, 1]
        source_max_tokens: 12
        target_max_tokens: 14
        remove_duplicates: false
        split: {validation: 2000, seed: 9}
      training:
        seed: 3
        epochs: 7
        batch_sentences: 32
        batch_tokens: 2000
        optimizer: {kind: adam, beta1: 0.8, beta2: 0.98, epsilon: 1.0e-9}
        learning_rate: 2e-3
        schedule: {kind: inverse_square_root, warmup_steps: 400, decay_steps: 9, final_fraction: 0.1, factor: 0.7, patience: 4}
        clip_norm: 0
        dropout: 0.25
        label_smoothing: 0.1
        loss_average: positions
        guided_alignment: {layer: 1, head: 2, weight: 0.1, after_steps: 50}
        average_snapshots: 4
        threads: 1
      validation: {bleu_sentences: 100, measure: bleu, patience: 3, sample: "I do not know."}
      output: {model: m, run: r, precision: F32, snapshots_kept: 5, snapshot_steps: 50}
      """)
    #expect(recipe.data.train == ["a.tsv", "b.tsv.gz"] && recipe.data.test == "t.tsv")
    #expect(recipe.data.columns == PairsFile.Columns(source: 2, target: 1))
    #expect((recipe.data.maximumSourceTokens, recipe.data.maximumTargetTokens) == (12, 14))
    #expect(
      !recipe.data.removesDuplicates && recipe.data.validationShare == .sentences(2000) && recipe.data.splitSeed == 9)
    let training = recipe.training
    #expect((training.seed, training.epochs, training.threads) == (3, 7, 1))
    #expect(training.batching == Batching(sentences: 32, tokens: 2000))
    #expect(training.optimizer == Adam.Options(beta1: 0.8, beta2: 0.98, epsilon: 1e-9))
    #expect(training.dropout == 0.25)
    #expect(training.clipNorm == nil && training.labelSmoothing == 0.1 && training.lossAverage == .positions)
    #expect(training.guidedAlignment?.guidance == GuidedAlignment(layer: 1, head: 2, weight: 0.1))
    #expect(training.guidedAlignment?.afterSteps == 50)
    #expect(training.averageDecay == nil && training.averageSnapshots == 4 && training.startFrom == nil)
    let schedule = training.schedule
    #expect((schedule.kind, schedule.peak, schedule.warmupSteps) == (.inverseSquareRoot, 0.002, 400))
    #expect((schedule.decaySteps, schedule.finalFraction) == (9, 0.1))
    #expect((schedule.plateauFactor, schedule.plateauPatience) == (0.7, 4))
    #expect((recipe.validation.bleuSentences, recipe.validation.measure, recipe.validation.patience) == (100, .bleu, 3))
    #expect(recipe.validation.sample == "I do not know.")
    #expect((recipe.output.precision, recipe.output.snapshotsKept, recipe.output.snapshotSteps) == (.float32, 5, 50))
  }

  @Test(arguments: [
    ("", "r.yaml: is empty; a recipe needs at least `data` and `output`"),
    ("just words", "r.yaml:1: the recipe: expected keys with values"),
    ("data: {train: a}", "r.yaml:1: key `output` is missing; expected a section with `model` and `run`"),
    ("output: {model: a, run: b}", "r.yaml:1: key `data` is missing; expected a section with `train`"),
    (
      "data: {}\noutput: {model: a, run: b}",
      "r.yaml:1: key `data.train` is missing; expected a file of pairs, or a list of files"
    ),
    ("data: a.tsv\noutput: {model: a, run: b}", "r.yaml:1: data: expected keys with values"),
    (
      minimal + "\nepochs: 3",
      "r.yaml:6: unknown key `epochs`; allowed: data, tokenizers, model, training, validation, output"
    ),
    (
      minimal + "\ntraining:\n  optimizer:\n    momentum: 3",
      "r.yaml:8: unknown key `training.optimizer.momentum`; allowed: kind, beta1, beta2, epsilon"
    ),
    (
      minimal + "\ntraining:\n  guided_alignment: {layer: 1}",
      "r.yaml:7: key `training.guided_alignment.head` is missing; expected the number of a head, counted from 0"
    ),
    (
      minimal + "\ntraining:\n  epochs: many",
      "r.yaml:7: `training.epochs` is `many`; expected a whole number from 1 to 1000000"
    ),
    (
      minimal + "\ntraining:\n  epochs: 0",
      "r.yaml:7: `training.epochs` is `0`; expected a whole number from 1 to 1000000"
    ),
    (
      minimal + "\ntraining:\n  epochs: [1]",
      "r.yaml:7: `training.epochs` is a list; expected a whole number from 1 to 1000000"
    ),
    (
      minimal + "\ntraining:\n  seed: 99999999999999999999",
      "r.yaml:7: `training.seed` is `99999999999999999999`; expected a whole number of at least 0"
    ),
    (
      minimal + "\ntraining: {learning_rate: .nan}",
      "r.yaml:6: `training.learning_rate` is `.nan`; expected a number from 1e-12 to 1000.0"
    ),
    (
      minimal + "\ntraining: {loss_average: words}",
      "r.yaml:6: `training.loss_average` is `words`; expected one of tokens, positions"
    ),
    (
      minimal + "\ntraining: {optimizer: {kind: sgd}}",
      "r.yaml:6: `training.optimizer.kind` is `sgd`; expected adam"
    ),
    (
      minimal + "\ntraining: {average_decay: 0.9, average_snapshots: 3}",
      "r.yaml:6: `training.average_snapshots` is `3`; `training.average_decay` is given too; give one of the two"
    ),
    (
      minimal + "\ntraining: {average_snapshots: 1}",
      "r.yaml:6: `training.average_snapshots` is `1`; expected a whole number from 2 to 100"
    ),
    (
      minimal + "\ntokenizers: {shared: {size: 90}, source: {size: 90}}",
      "r.yaml:6: `tokenizers.source` is a mapping; `tokenizers.shared` is for both sides; give one of the two"
    ),
    (
      minimal + "\nmodel: {family: convolutional}",
      "r.yaml:6: `model.family` is `convolutional`; expected one of recurrent, transformer"
    ),
    (
      minimal + "\nvalidation: {measure: bleu, bleu_sentences: 0}",
      "r.yaml:6: `validation.measure` is `bleu`; bleu needs `validation.bleu_sentences` above 0"
    ),
    (
      "data: {train: a, validation: v, split: {validation: 5}}\noutput: {model: a, run: b}",
      "r.yaml:1: `data.split.validation` is `5`; `data.validation` names a file already; give one of the two"
    ),
    (
      "data: {train: a, split: {validation: 5.5}}\noutput: {model: a, run: b}",
      "r.yaml:1: `data.split.validation` is `5.5`; expected a fraction under 1 or a whole number of sentences"
    ),
    (
      "data: {train: a, columns: [1, 1]}\noutput: {model: a, run: b}",
      "r.yaml:1: `data.columns` is a list; expected two different columns, source and target, e.g. [1, 2]"
    ),
    (
      "data: {train: a, remove_duplicates: 3}\noutput: {model: a, run: b}",
      "r.yaml:1: `data.remove_duplicates` is `3`; expected true or false"
    ),
    (
      minimal + "\noutput: {model: b, run: c}", "r.yaml"
    ),
    ("data: [", "r.yaml: is not valid YAML: "),
    ("data: \u{1}", "r.yaml: is not valid YAML: "),
    (String(repeating: "[", count: 5000), "r.yaml: is not valid YAML: "),
  ])
  func aWrongRecipeIsOneLineThatSaysWhere(text: String, expected: String) {
    let message = message { _ = try recipe(text) } ?? ""
    #expect(message.hasPrefix(expected))
    #expect(!message.contains("\n"))
  }

  @Test func tokensAloneBoundABatchOfAnyNumberOfSentences() throws {
    #expect(try recipe(Self.minimal + "\ntraining: {batch_tokens: 900}").training.batching == Batching(tokens: 900))
    #expect(try recipe(Self.minimal).training.batching == Batching(sentences: 64))
  }

  @Test func oneVocabularyForBothSides() throws {
    let shared = try recipe(Self.minimal + "\ntokenizers: {shared: {kind: bpe, size: 90, character_coverage: 1}}")
      .tokenizers
    let both = TokenizerRecipe(kind: .bpe, size: 90, characterCoverage: 1)
    #expect(shared.sides == .shared(both) && shared.isShared)
    #expect(try !recipe(Self.minimal).tokenizers.isShared)
  }

  @Test func aFileThatIsNoRecipeIsNamed() throws {
    let folder = try TemporaryFolder()
    #expect(message { _ = try Recipe(file: folder.path("no.yaml")) }?.contains("no.yaml: cannot be read") == true)
    let bytes = try folder.write([0x64, 0xFF, 0xFE], to: "bytes.yaml")
    #expect(message { _ = try Recipe(file: bytes) }?.contains("not UTF-8") == true)
  }
}
