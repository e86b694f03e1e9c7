import Autograd
import GoldenFixtures
import Layers
import Tensors
import Testing

/// Sinusoids against Marian's table and the paper's order; `Tests/Reference/heads.py`.
@Suite struct PositionsTests {
  @Test(arguments: [PositionKind.sinusoidal, .interleaved])
  func sinusoids(_ kind: PositionKind) throws {
    let golden = try GoldenCase("positions", in: .module).tensor("out.\(kind.rawValue)")
    var source = InitialParameters(seed: 0)
    let positions = try Positions(&source, kind, width: 10, limit: 1)
    #expect(source.parameters.names.isEmpty)
    #expect(positions.limit == nil)
    #expect(greatestDifference(positions(Packing([40])).value, golden) < 1e-6)
    let packed = positions(Packing([2, 0, 3]), from: [37, 0, 4]).value
    #expect(greatestDifference(packed, golden.gather([37, 38, 4, 5, 6])) < 1e-6)
  }

  @Test func anOddWidthHasOneSineMore() throws {
    var source = InitialParameters(seed: 0)
    let halves = try Positions(&source, .sinusoidal, width: 3, limit: 1)(Packing([2])).value
    #expect(halves.row(0).elements == [0, 0, 1])
    let interleaved = try Positions(&source, .interleaved, width: 3, limit: 1)(Packing([2])).value
    #expect(interleaved.row(0).elements == [0, 1, 0])
    #expect(halves[1, 1] == interleaved[1, 2])
  }

  @Test func learned() throws {
    let table = Tensor([5, 2], (0..<10).map(Float.init))
    var parameters = ParameterSet()
    parameters["weight"] = table
    let tape = Tape()
    var source = BoundParameters(parameters, tape: tape)
    let positions = try Positions(&source, .learned, width: 2, limit: 5)
    #expect(positions.limit == 5)
    let rows = positions(Packing([2, 3]), from: [0, 1])
    #expect(rows.value == table.gather([0, 1, 1, 2, 3]))
    let gradients = source.gradients(from: tape.gradients(of: rows.sum()))
    #expect(gradients["weight"]?.elements == [1, 1, 2, 2, 1, 1, 1, 1, 0, 0])
  }
}
