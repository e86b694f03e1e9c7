import Autograd
import GoldenFixtures
import Layers
import Tensors
import Testing
import Traces

/// Against Keras' and PyTorch's layers; `Tests/Reference/heads.py`.
@Suite struct MultiHeadAttentionTests {
  private struct Options: Decodable {
    var heads, keyWidth, valueWidth, queryInput, keyInput, valueInput, output: Int
    var hasBias, isCausal: Bool

    var configuration: MultiHeadAttention.Configuration {
      var result = MultiHeadAttention.Configuration(
        width: queryInput, heads: heads, keyWidth: keyWidth, valueWidth: valueWidth, hasBias: hasBias)
      (result.keyInput, result.valueInput, result.output) = (keyInput, valueInput, output)
      return result
    }
  }

  private static let site = AttentionSite(.encoder)
  private static let weights = ForwardContext.Tap(.weights, at: site)
  private static let output = ForwardContext.Tap(.output, at: site)

  private func attend(
    _ golden: inout HeadGolden, _ context: inout ForwardContext, parameters: StoredParameters? = nil
  ) throws -> Variable {
    let options = try golden.run.golden.options(Options.self)
    let attention =
      if var parameters {
        try MultiHeadAttention(&parameters, options.configuration)
      } else {
        try MultiHeadAttention(&golden.run.source, options.configuration)
      }
    let (x, inputs) = (try golden.run.input("x"), golden.run.inputs)
    let memory = attention.memory(inputs["keys"] ?? inputs["memory"] ?? x, values: inputs["values"], golden.memory)
    return attention(
      x, golden.queries, memory, mask: golden.mask(isCausal: options.isCausal), bias: inputs["bias"], at: Self.site,
      &context)
  }

  private static let cases = [
    "heads-keras", "heads-keras-no-bias", "heads-keras-cross", "heads-keras-masked", "heads-keras-causal",
    "heads-torch-masked", "heads-torch-biased",
  ]

  @Test(arguments: cases)
  func outputsWeightsAndGradients(_ name: String) throws {
    var golden = try HeadGolden(name)
    var context = ForwardContext(recording: [Self.weights])
    let output = try attend(&golden, &context)
    try golden.checkWeights(context.recorded[Self.weights])
    try golden.run.check(["output": output])
  }

  /// The tutorial's `key_dim=256, num_heads=8`. Its kernels are computed on both sides; of each gradient the fixture
  /// holds every 37th number.
  @Test func theTutorialsSizes() throws {
    var golden = try HeadGolden("heads-keras-tutorial")
    let (width, inner) = (4, 8 * 256)
    let parts = [("query", width, inner), ("key", width, inner), ("value", width, inner), ("output", inner, width)]
    var parameters = ParameterSet()
    for (index, (name, rows, columns)) in parts.enumerated() {
      parameters[name + ".kernel"] = spread([rows, columns], 2 * index, name == "output" ? 0.05 : 0.5)
      parameters[name + ".bias"] = spread([columns], 2 * index + 1, 0.5)
    }
    golden.run.source = BoundParameters(parameters, tape: golden.run.tape)
    var context = ForwardContext(recording: [Self.weights])
    let output = try attend(&golden, &context)
    try golden.checkWeights(context.recorded[Self.weights])
    #expect(greatestDifference(output.value, try golden.run.golden.tensor("out.output")) < 1e-5)
    let upstream = try golden.run.golden.tensor("in.upstream.output")
    let gradients = golden.run.tape.gradients(of: output, upstream: upstream)
    for (name, expected) in try golden.run.golden.tensors("grad.") {
      let variable = try #require(golden.run.inputs[name] ?? golden.run.source.variables[name])
      let whole = try #require(gradients[variable])
      let step = name == "x" ? 1 : 37
      let kept = stride(from: 0, to: whole.count, by: step).map { whole.elements[$0] }
      #expect(relativeDifference(Tensor(expected.shape, kept), expected) < 1e-4, "gradient of \(name)")
    }
  }

  private func spread(_ shape: Shape, _ seed: Int, _ scale: Float) -> Tensor {
    Tensor(shape, (0..<shape.count).map { (Float(($0 * 7919 + seed * 104_729) % 2003) / 1001 - 1) * scale })
  }

  @Test(arguments: cases)
  func recordingChangesNoBit(_ name: String) throws {
    var golden = try HeadGolden(name)
    var (silent, recording) = (
      ForwardContext(), ForwardContext(recording: [Self.weights, Self.output, .init(.scores, at: Self.site)])
    )
    let plain = try attend(&golden, &silent)
    var again = try HeadGolden(name)
    #expect(try attend(&again, &recording).value == plain.value)
    #expect(recording.recorded.count == 3)
    #expect(silent.recorded.isEmpty)
  }

  @Test(arguments: ElementType.allCases)
  func storedMatricesAreReadInTheirOwnType(_ type: ElementType) throws {
    let golden = try GoldenCase("heads-keras-cross", in: .module)
    let exact = try golden.tensors("p.")
    let rounded = exact.mapValues {
      $0.shape.rank == 2 ? StoredMatrix($0, elementType: type).tensor() : $0
    }
    func output(_ parameters: [String: Tensor], _ type: ElementType) throws -> Tensor {
      var golden = try HeadGolden("heads-keras-cross")
      var context = ForwardContext()
      return try attend(&golden, &context, parameters: .init(parameters: parameters, elementType: type)).value
    }
    #expect(greatestDifference(try output(exact, type), try output(rounded, .float32)) < 1e-5)
  }

  /// One sentence: taps see heads first, and what they hand back is what goes on.
  @Test func aSilencedHeadAddsNothing() throws {
    let (width, heads, length) = (6, 2, 4)
    var source = InitialParameters(seed: 3)
    let attention = try MultiHeadAttention(&source, .init(width: width, heads: heads, valueWidth: 5))
    let packing = Packing([length])
    let x = Variable(Tensor([length, width], (0..<24).map { Float(($0 * 7) % 11) / 11 - 0.4 }))
    func run(_ context: inout ForwardContext) -> Tensor {
      attention(x, packing, attention.memory(x, packing), at: Self.site, &context).value
    }
    var recording = ForwardContext(recording: [Self.weights, Self.output])
    let plain = run(&recording)
    #expect(recording.recorded[Self.weights]?.shape == [heads, length, length])
    let seen = try #require(recording.recorded[Self.output])
    #expect(seen.shape == [heads, length, 5])

    let silence = Tensor([heads, 1, 1], [1, 0])
    var silenced = ForwardContext(interventions: [Self.output: { $0 * silence }])
    let kernel = try #require(source.parameters["output.kernel"])
    let missing = seen.row(1).matmul(kernel.rows(5..<10))
    #expect(greatestDifference(run(&silenced) + missing, plain) < 1e-6)
  }

  @Test func dropoutIsForTrainingAlone() throws {
    let golden = try HeadGolden("heads-keras")
    let before = try golden.run.golden.tensor("out.output")
    func output(_ context: ForwardContext) throws -> Tensor {
      var (golden, context) = (try HeadGolden("heads-keras"), context)
      return try attend(&golden, &context).value
    }
    #expect(greatestDifference(try output(ForwardContext()), before) < 1e-5)
    let training = ForwardContext(trainingWithDropout: 0.4, randomness: Randomness(seed: 5))
    #expect(greatestDifference(try output(training), before) > 1e-2)
    #expect(try output(training) == output(training))
  }
}
