import Autograd
import GoldenFixtures
import Layers
import Tensors
import Testing
import Traces

@testable import Models

/// What holds of every Transformer, whatever its numbers.
@Suite struct TransformerTests {
  private static let producing: [TransformerConfiguration.Kind] = [.encoderDecoder, .decoderOnly]
  private static let orders: [TransformerBlock.Normalization] = [.before, .after]

  /// Each step against one pass over the whole target, with learned positions and an output of its own too.
  @Test(arguments: producing, orders)
  func stepsEqualTheTeacherForcedPass(
    _ kind: TransformerConfiguration.Kind, _ order: TransformerBlock.Normalization
  ) throws {
    let model = try RandomTransformer.model(kind) {
      $0.normalization = order
      if order == .after { ($0.positions, $0.tiedEmbeddings) = (.learned, .none) }
    }
    var session = RandomTransformer.session(model)
    session.run()
    let (source, target) = (RandomTransformer.source, session.trace.steps.map(\.token.id))
    #expect(target.count == 24)
    var context = ForwardContext(recording: model.taps(.decoder, .cross))
    let logits = model.output(model.predicting(sources: [source], targets: [target], &context)).value
    let start = model.begin(source)
    var (state, given) = (try #require(start.state), start.first)
    for (row, token) in target.enumerated() {
      let step = state.step(given)
      #expect(greatestDifference(step.logits, logits.row(row)) < 1e-5)
      (state, given) = (step.next, token)
    }
    for site in [Site.decoder, .cross] {
      guard let whole = model.recorded(site, in: context) else {
        #expect(site == .cross && kind == .decoderOnly)
        continue
      }
      for layer in 0..<3 {
        for head in 0..<4 {
          let matrix = session.trace.matrix(.head(HeadAddress(site: site, layer: layer, head: head)))
          let found = try #require(matrix)
          let expected = (0..<whole.rows).flatMap { whole.weights(layer: layer, head: head, row: $0) }
          #expect(found.rows == whole.rows && found.columns == whole.columns)
          #expect(zip(found.weights, expected).allSatisfy { abs($0 - $1) < 1e-5 })
        }
      }
    }
  }

  @Test(arguments: producing)
  func recordingChangesNoBit(_ kind: TransformerConfiguration.Kind) throws {
    let model = try RandomTransformer.model(kind)
    let (source, target) = (RandomTransformer.source, [8, 4, 19, 2])
    var (watched, unwatched) = (ForwardContext(recording: model.taps(.encoder, .decoder, .cross)), ForwardContext())
    let rows = model.predicting(sources: [source], targets: [target], &watched).value
    #expect(rows == model.predicting(sources: [source], targets: [target], &unwatched).value)
    #expect(watched.recorded.count == 2 * model.attention.reduce(0) { $0 + $1.layers })

    let start = model.begin(source)
    let decoder = try #require(model.decoder)
    let packing = Packing([source.count])
    var past = decoder.past(
      sentences: 1, states: model.encoder.map { $0([source], packing, &unwatched) }, packing)
    if kind == .decoderOnly { _ = decoder([source.dropLast()], continuing: &past, &unwatched) }
    let logits = model.output(decoder([[start.first]], continuing: &past, &unwatched)).value
    #expect(try #require(start.state).step(start.first).logits == logits.row(0))
  }

  @Test(arguments: TransformerConfiguration.Kind.allCases)
  func everyRowSumsToOneAndLooksNowhereItMayNot(_ kind: TransformerConfiguration.Kind) throws {
    let model = try RandomTransformer.model(kind)
    var session = RandomTransformer.session(model)
    session.run()
    for layout in model.attention {
      for layer in 0..<layout.layers {
        for head in 0..<layout.heads {
          let address = HeadAddress(site: layout.site, layer: layer, head: head)
          let matrix = try #require(session.trace.matrix(.head(address)))
          #expect(matrix.rows == session.trace.rowTokens(layout.site).count)
          #expect(matrix.columns == session.trace.columnTokens(layout.site).count)
          for row in 0..<matrix.rows {
            #expect(abs(matrix[row: row].reduce(0, +) - 1) < 1e-5)
            guard layout.site == .decoder else { continue }
            for column in (row + 1)..<max(matrix.columns, row + 1) {
              #expect(matrix[row, column] == 0 && matrix.score(row: row, column: column) == -.infinity)
            }
          }
        }
      }
    }
  }

  @Test(arguments: producing)
  func goingBackAndOnGivesTheSame(_ kind: TransformerConfiguration.Kind) throws {
    let model = try RandomTransformer.model(kind)
    var session = RandomTransformer.session(model)
    session.run()
    let whole = session.trace
    for count in [20, 3, 0, 5, whole.steps.count, 1, 99] {
      session.jump(to: count)
      #expect(session.trace.steps == Array(whole.steps.prefix(count)))
    }
    #expect(session.trace == whole)
  }

  @Test(arguments: producing)
  func forksGoTheirOwnWay(_ kind: TransformerConfiguration.Kind) throws {
    let model = try RandomTransformer.model(kind)
    var session = RandomTransformer.session(model)
    session.jump(to: 6)
    var fork = session
    fork.back()
    let other = try #require(session.trace.steps.last).candidates[1].token.id
    try fork.force(other)
    session.run()
    fork.run()
    #expect(fork.trace.steps.prefix(5) == session.trace.steps.prefix(5))
    #expect(fork.trace.steps[6] != session.trace.steps[6])
    var fresh = RandomTransformer.session(model)
    for step in fork.trace.steps { try fresh.force(step.token.id) }
    for (a, b) in zip(fresh.trace.steps, fork.trace.steps) {
      #expect(a.decoder == b.decoder && a.cross == b.cross && a.probability == b.probability)
    }
  }

  @Test func aBatchDecodesAsItsSentencesDoAlone() throws {
    for kind in Self.producing {
      let model = try RandomTransformer.model(kind) { $0.suppressedTokens = [4] }
      let sources = [RandomTransformer.source, [5, 2], [7, 9, 9, 14, 2], [1]]
      let alone = try sources.map { try model.translate([$0], maximumLength: 12)[0] }
      #expect(try model.translate(sources, maximumLength: 12) == alone)
      for (source, ids) in zip(sources, alone) {
        var session = RandomTransformer.session(model, source: source, limit: 12)
        session.run()
        #expect(session.trace.steps.map(\.token.id).filter { $0 != 2 } == ids && !ids.contains(4))
      }
    }
    #expect(try RandomTransformer.model(.encoderDecoder).translate([], maximumLength: 5).isEmpty)
  }

  @Test func anEncoderAloneReadsAndProducesNothing() throws {
    let model = try RandomTransformer.model(.encoderOnly)
    #expect(model.attention == [AttentionLayout(site: .encoder, layers: 2, heads: 4)])
    var session = RandomTransformer.session(model, source: [5, 9, 2])
    #expect(session.isEnded && session.trace.ending == .readOnly)
    session.step()
    session.jump(to: 5)
    session.back()
    #expect(session.trace.steps.isEmpty && session.trace.ending == .readOnly)
    #expect(throws: ModelError("this model only reads: it produces no target")) { try session.force(5) }
    #expect(throws: ModelError.self) { try session.intervene([.target([5, 2])]) }
    try session.intervene([.silence(HeadAddress(site: .encoder, layer: 0, head: 1))])
    #expect(session.isEnded && session.trace.ending == .readOnly)
    #expect(session.trace.matrix(.head(HeadAddress(site: .encoder, layer: 1, head: 3)))?.rows == 3)
    #expect(session.trace.matrix(.mean(site: .cross, layer: nil))?.rows == 0)
  }

  @Test func aLanguageModelGoesOnFromItsPrompt() throws {
    let model = try RandomTransformer.model(.decoderOnly)
    #expect(model.attention == [AttentionLayout(site: .decoder, layers: 3, heads: 4)])
    var session = RandomTransformer.session(model, source: [1, 9, 13])
    let head = HeadSelection.head(HeadAddress(site: .decoder, layer: 0, head: 0))
    #expect(session.trace.matrix(head)?.rows == 2)
    #expect(session.trace.rowTokens(.decoder).map(\.piece) == ["s9", "s13"])
    #expect(session.trace.columnTokens(.decoder).map { $0?.piece } == ["s1", "s9"])
    try session.force(7)
    try session.force(8)
    #expect(session.trace.matrix(head)?.rows == 4)
    #expect(session.trace.rowTokens(.decoder).map(\.piece) == ["s9", "s13", "t7", "t8"])
    #expect(session.trace.columnTokens(.decoder).map { $0?.piece } == ["s1", "s9", "s13", "t7"])
    var short = RandomTransformer.session(model, source: [1])
    try short.force(7)
    #expect(short.trace.columnTokens(.decoder).map { $0?.piece } == ["s1"])
    #expect(short.trace.matrix(head)?.weights == [1])
    // The same text as one prompt is looked at in the same way.
    let whole = RandomTransformer.session(model, source: [1, 9, 13, 7, 8])
    let (a, b) = (try #require(session.trace.matrix(head)), try #require(whole.trace.matrix(head)))
    #expect(zip(a.weights, b.weights).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  /// Every kind learns a few sentences by heart, with dropout and smoothing, and says them greedily.
  @Test(arguments: TransformerConfiguration.Kind.allCases)
  func trainingLearnsByHeart(_ kind: TransformerConfiguration.Kind) throws {
    let configuration = RandomTransformer.configuration(kind) { ($0.encoderLayers, $0.decoderLayers) = (1, 1) }
    let sources = kind == .decoderOnly ? [[1, 5, 6], [1, 7, 8, 9], []] : [[5, 6, 2], [7, 8, 9, 2], [10, 2]]
    let targets = [[6, 5, 2], [9, 8, 7, 2], [4, 2]]
    var parameters = try Transformer.initialParameters(configuration, seed: 1)
    var adam = Adam(parameters)
    var losses: [Float] = []
    for step in 0..<80 {
      let tape = Tape()
      var bound = BoundParameters(parameters, tape: tape)
      let model = try Transformer(configuration, &bound)
      var context = ForwardContext(trainingWithDropout: 0.05, randomness: Randomness(seed: 1, stream: UInt64(step)))
      let loss = try model.loss(
        sources: sources, targets: targets, average: .tokens, smoothing: 0.05, &context
      ).loss
      losses.append(loss.value.scalar)
      adam.update(&parameters, bound.gradients(from: tape.gradients(of: loss)), rate: 0.01)
    }
    #expect(losses[79] < losses[0] / 3)
    let said = try Transformer(configuration, parameters: parameters).translate(sources, maximumLength: 8)
    #expect(said == (kind == .encoderOnly ? targets : targets.map { Array($0.dropLast()) }))
  }

  @Test func learnedPositionsEnd() throws {
    let model = try RandomTransformer.model(.encoderDecoder) {
      ($0.positions, $0.maximumSourceLength, $0.maximumTargetLength) = (.learned, 4, 6)
    }
    var context = ForwardContext()
    let fitting = try model.loss(
      sources: [[5, 6, 7, 2]], targets: [[5, 6, 7, 8, 9, 2]], average: .tokens, smoothing: 0, &context)
    #expect(fitting.loss.value.scalar.isFinite && fitting.tokens == 6)
    #expect(throws: ModelError("5 source tokens; the model has positions for 4")) {
      try model.loss(sources: [[5, 6, 7, 8, 2]], targets: [[2]], average: .tokens, smoothing: 0, &context)
    }
    #expect(throws: ModelError("7 target tokens; the model has positions for 6")) {
      try model.loss(
        sources: [[2]], targets: [[5, 6, 7, 8, 9, 4, 2]], average: .tokens, smoothing: 0, &context)
    }
    #expect(throws: ModelError.self) { try model.translate([[5, 6, 7, 8, 2]], maximumLength: 5) }
    #expect(try model.translate([[5, 2]], maximumLength: 100)[0].count == 6)
  }

  @Test func labelsAreOneForEachSourceToken() throws {
    let model = try RandomTransformer.model(.encoderOnly)
    var context = ForwardContext()
    #expect(throws: ModelError.self) {
      try model.loss(sources: [[5, 6, 2]], targets: [[5, 2]], average: .tokens, smoothing: 0, &context)
    }
    let one = try model.loss(sources: [[5, 6, 2]], targets: [[0, 7, 0]], average: .tokens, smoothing: 0, &context)
    let all = try model.loss(sources: [[5, 6, 2]], targets: [[9, 7, 9]], average: .tokens, smoothing: 0, &context)
    #expect(one.tokens == 1 && all.tokens == 3 && one.loss.value != all.loss.value)
  }
}
