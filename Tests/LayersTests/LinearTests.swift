import Autograd
import Layers
import Testing

/// Against Keras; `Tests/Reference/layers.py`.
@Suite struct LinearTests {
  @Test func embeddingAddsTheGradientsOfARepeatedToken() throws {
    var run = try GoldenRun("embedding")
    let ids = try run.golden.integers("in.ids")
    let embedding = try Embedding(&run.source, vocabulary: 13, width: 6)
    let sequence = embedding(ids.flatMap { $0 }).reshaped([ids.count, ids[0].count, 6])
    try run.check(["sequence": sequence])
  }

  @Test func dense() throws {
    var run = try GoldenRun("dense")
    let linear = try Linear(&run.source, 6, 7)
    try run.check(["output": linear(try run.input("x"))])
  }

  @Test func aParameterOfAnotherShapeIsAnError() throws {
    var run = try GoldenRun("dense")
    #expect(throws: ParameterError.shape(name: "kernel", expected: [6, 8], found: [6, 7])) {
      try Linear(&run.source, 6, 8)
    }
    #expect(throws: ParameterError.missing(name: "weight")) {
      try Embedding(&run.source, vocabulary: 6, width: 7)
    }
  }
}
