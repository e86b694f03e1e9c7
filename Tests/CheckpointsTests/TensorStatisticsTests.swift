import Inspection
import Tensors
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct TensorStatisticsTests {
  private func statistics(_ numbers: [Float], parts: Int = 4) throws -> TensorStatistics? {
    var result: TensorStatistics?
    try withTemporaryFolder { folder in
      var writer = SafetensorsWriter()
      try writer.add("t", Tensor([numbers.count], numbers))
      try writer.write(to: folder + "/t.safetensors")
      result = try Checkpoint(path: folder + "/t.safetensors").statistics(of: "t", parts: parts)
    }
    return result
  }

  @Test func rangeMeanDeviationAndHistogram() throws {
    let found = try statistics([0, 1, 2, 3, 4, 4, .nan, .infinity, -.infinity, 0])
    #expect(
      found
        == TensorStatistics(
          count: 10, zeros: 2, nans: 1, infinities: 2, range: 0...4, mean: 2, deviation: (18.0 / 7).squareRoot(),
          histogram: [2, 1, 1, 3]))
  }

  @Test func withoutRange() throws {
    #expect(try statistics([]) == TensorStatistics())
    #expect(try statistics([.nan, .nan]) == TensorStatistics(count: 2, nans: 2))
    #expect(
      try statistics([-0.5, -0.5])
        == TensorStatistics(count: 2, range: -0.5 ... -0.5, mean: -0.5, deviation: 0, histogram: [2]))
  }

  /// Numbers that differ by the largest that there are, and in more than one piece.
  @Test func extremesAndManyPieces() throws {
    let largest = Float.greatestFiniteMagnitude
    #expect(try statistics([-largest, largest], parts: 2)?.histogram == [1, 1])
    let many = try #require(try statistics((0..<100_000).map { Float($0 % 4) }))
    #expect(many.count == 100_000)
    #expect(many.mean == 1.5)
    #expect(many.histogram == [25_000, 25_000, 25_000, 25_000])
  }

  @Test func whatIsStoppedHasNoResult() throws {
    let checkpoint = try Checkpoint(path: fixture("gguf/tiny.gguf"))
    #expect(try checkpoint.statistics(of: "ids", goesOn: { _ in false }) == nil)
    #expect(try checkpoint.tile(of: "ids", TileRequest(most: 4), goesOn: { _ in false }) == nil)
  }

  @Test func progressRisesToOne() throws {
    try withTemporaryFolder { folder in
      var writer = SafetensorsWriter()
      try writer.add("t", Tensor([300, 400], (0..<120_000).map { Float($0) }))
      try writer.write(to: folder + "/t.safetensors")
      var seen: [Double] = []
      let checkpoint = try Checkpoint(path: folder + "/t.safetensors")
      _ = try checkpoint.statistics(of: "t") {
        seen.append($0)
        return true
      }
      #expect(seen.count > 4 && seen == seen.sorted() && seen.allSatisfy { (0...1).contains($0) })
      let tile = try #require(try checkpoint.tile(of: "t", TileRequest(most: 30)))
      #expect((tile.binRows, tile.binColumns, tile.rowStep, tile.columnStep) == (30, 29, 10, 14))
      #expect(tile[0, 0] == 3613 && tile[29, 28] == 119_999)
      // Rows in which several pieces meet, at full detail.
      let part = try #require(
        try checkpoint.tile(of: "t", TileRequest(rows: 60..<64, columns: 398..<500, most: 64)))
      #expect(part.values == [24_398, 24_399, 24_798, 24_799, 25_198, 25_199, 25_598, 25_599])
      #expect(part.columns == 398..<400 && !part.isBinned)
    }
  }

  @Test func typesWithoutSingleNumbersHaveNone() throws {
    let checkpoint = try Checkpoint(path: fixture("gguf/tiny.gguf"))
    #expect(try checkpoint.statistics(of: "packed") == nil)
    #expect(try checkpoint.tile(of: "packed", TileRequest(most: 4)) == nil)
    #expect(try checkpoint.statistics(of: "ids")?.range == 0...4)
  }
}
