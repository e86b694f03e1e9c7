import Autograd
import GoldenFixtures
import Layers
import Tensors
import Testing
import Traces

/// Against the tutorial's block in Keras and PyTorch's encoder and decoder layers; `Tests/Reference/heads.py`.
@Suite struct TransformerBlockTests {
  private struct Options: Decodable {
    var width, heads, keyWidth, hidden: Int
    var memoryWidth: Int?
    var activation: Activation
    var normalization: TransformerBlock.Normalization
    var epsilon: Float
    var isCausal: Bool

    var configuration: TransformerBlock.Configuration {
      var result = TransformerBlock.Configuration(width: width, heads: heads, hidden: hidden)
      (result.keyWidth, result.memoryWidth, result.epsilon) = (keyWidth, memoryWidth, epsilon)
      (result.activation, result.normalization) = (activation, normalization)
      return result
    }
  }

  private static let decoders = ["block-torch-decoder-after", "block-torch-decoder-before"]
  private static let encoders = ["block-keras", "block-torch-encoder-after", "block-torch-encoder-before"]

  private static let site = AttentionSite(.decoder, layer: 2)
  private static let weights = ForwardContext.Tap(.weights, at: site)
  private static let crossWeights = ForwardContext.Tap(.weights, at: AttentionSite(.cross, layer: 2))

  private func block(_ golden: inout HeadGolden) throws -> (TransformerBlock, Options) {
    let options = try golden.run.golden.options(Options.self)
    return (try TransformerBlock(&golden.run.source, options.configuration), options)
  }

  private func output(_ golden: inout HeadGolden, _ context: inout ForwardContext) throws -> Variable {
    let (block, options) = try block(&golden)
    let cross = golden.run.inputs["memory"].flatMap { block.crossMemory($0, golden.memory) }
    return block(
      try golden.run.input("x"), golden.queries, mask: options.isCausal ? .causal : .none, cross: cross,
      at: Self.site, &context)
  }

  @Test(arguments: encoders + decoders)
  func outputsWeightsAndGradients(_ name: String) throws {
    var golden = try HeadGolden(name)
    var context = ForwardContext(recording: [Self.weights, Self.crossWeights])
    let output = try output(&golden, &context)
    try golden.checkWeights(context.recorded[Self.weights])
    if Self.decoders.contains(name) {
      try golden.checkWeights(context.recorded[Self.crossWeights], "cross_weights")
    } else {
      #expect(context.recorded[Self.crossWeights] == nil)
    }
    try golden.run.check(["output": output])
  }

  @Test(arguments: encoders + decoders)
  func recordingChangesNoBit(_ name: String) throws {
    var (golden, silent) = (try HeadGolden(name), ForwardContext())
    let plain = try output(&golden, &silent).value
    var recording = ForwardContext(
      recording: Set([TapPoint.scores, .weights, .output].map { ForwardContext.Tap($0, at: Self.site) }))
    var again = try HeadGolden(name)
    #expect(try output(&again, &recording).value == plain)
    #expect(recording.recorded.count == 3)
  }

  /// All three sentences row by row, each dropped when it ends.
  @Test(arguments: decoders)
  func stepByStepIsTheWholePass(_ name: String) throws {
    var golden = try HeadGolden(name)
    let (block, _) = try block(&golden)
    let (x, expected) = (try golden.run.input("x").value, try golden.run.golden.tensor("out.output"))
    let cross = try #require(block.crossMemory(try golden.run.input("memory"), golden.memory))
    var context = ForwardContext(recording: [Self.weights])
    var stores = golden.queries.lengths.map { _ in block.attention.emptyStore() }
    for step in 0..<4 {
      let open = stores.indices.filter { golden.queries.lengths[$0] > step }
      let rows = open.map { golden.queries.starts[$0] + step }
      var current = open.map { stores[$0] }
      let memory = TransformerBlock.Cross(cross.memory.sentences(open))
      let y = block(
        Variable(x.gather(rows)), .steps(rows.count), continuing: &current, cross: memory, at: Self.site, &context)
      #expect(greatestDifference(y.value, expected.gather(rows)) < 1e-5)
      for (index, store) in zip(open, current) { stores[index] = store }
      if open.count == 1 { #expect(context.recorded[Self.weights]?.shape == [2, 1, step + 1]) }
    }
    #expect(stores.map(\.count) == golden.queries.lengths)
  }

  /// A prefix at once, then one row, then back: an earlier state gives the same bits again.
  @Test(arguments: decoders)
  func prefixesAndSteppingBack(_ name: String) throws {
    var golden = try HeadGolden(name)
    let (block, _) = try block(&golden)
    let (x, expected) = (try golden.run.input("x").value, try golden.run.golden.tensor("out.output"))
    let cross = try #require(block.crossMemory(try golden.run.input("memory"), golden.memory))
    let first = TransformerBlock.Cross(cross.memory.sentences([0]))
    var context = ForwardContext()
    func go(_ rows: Range<Int>, _ stores: inout [KeyValueStore]) -> Tensor {
      block(
        Variable(x.rows(rows)), Packing([rows.count]), continuing: &stores, cross: first, at: Self.site, &context
      ).value
    }
    var stores = [block.attention.emptyStore()]
    #expect(greatestDifference(go(0..<3, &stores), expected.rows(0..<3)) < 1e-5)
    let before = stores
    let last = go(3..<4, &stores)
    #expect(greatestDifference(last, expected.rows(3..<4)) < 1e-5)
    var (fork, again) = (before, before)
    #expect(go(0..<1, &fork) != last)
    #expect(go(3..<4, &again) == last)
    stores[0].truncate(to: 3)
    #expect(go(3..<4, &stores) == last)
  }
}
