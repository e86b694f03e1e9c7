import Autograd
import GoldenFixtures
import Layers
import Tensors
import Testing
import Traces

/// How a fixture of `Tests/Reference/heads.py` lies: packed sentences, and what may be looked at.
struct HeadGolden {
  var run: GoldenRun
  let queries: Packing
  let memory: Packing

  init(_ name: String) throws {
    run = try GoldenRun(name)
    queries = Packing(try run.golden.integers("in.query_lengths")[0])
    memory = Packing(try run.golden.integers("in.memory_lengths")[0])
  }

  func mask(isCausal: Bool) -> HeadMask {
    let open = try? run.golden.integers("in.open")[0].map { UInt8($0) }
    return HeadMask(isCausal: isCausal, open: open)
  }

  /// Compares recorded weights to 1e-5 with `out.<name>`, whose closed entries are exactly 0.
  func checkWeights(_ weights: Tensor?, _ name: String = "head_weights") throws {
    let expected = try run.golden.tensor("out.\(name)")
    let found = try #require(weights)
    #expect(greatestDifference(found.reshaped([found.count]), expected) < 1e-5, "\(run.golden.name): \(name)")
    for (a, b) in zip(found.elements, expected.elements) { #expect((a == 0) == (b == 0)) }
  }
}

/// Parameters as a checkpoint gives them: matrices in an element type of their own.
struct StoredParameters: ParameterSource {
  let parameters: [String: Tensor]
  let elementType: ElementType

  func weight(_ name: String, _ rows: Int, _ columns: Int, _ start: Initializer) throws -> Weight {
    .stored(StoredMatrix(try tensor(name, [rows, columns], start).value, elementType: elementType))
  }

  func tensor(_ name: String, _ shape: Shape, _ start: Initializer) throws -> Variable {
    let value = try #require(parameters[name])
    #expect(value.shape == shape)
    return Variable(value)
  }
}
