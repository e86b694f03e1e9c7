import Testing

@testable import Inspection

@Suite struct TensorTreeTests {
  static func tree(_ names: String...) -> TensorTree {
    TensorTree(names.map { TensorSummary(name: $0, type: "F32", shape: [2], byteCount: 8) })
  }

  /// Depth, label and tensor of each line.
  static func drawn(_ tree: TensorTree, folded: Set<String> = []) -> [String] {
    tree.lines(folded: folded).map {
      String(repeating: " ", count: $0.depth) + $0.label + ($0.tensor.map { " \($0)" } ?? " (\($0.tensorCount))")
    }
  }

  @Test func branchesAndLeaves() {
    let tree = Self.tree("encoder.rnn.kernel", "encoder.rnn.bias", "encoder.embedding", "scale")
    #expect(
      Self.drawn(tree) == ["encoder (3)", " rnn (2)", "  kernel 0", "  bias 1", " embedding 2", "scale 3"])
    #expect(tree.branches == ["/encoder", "/encoder/rnn"])
    #expect(Self.drawn(tree, folded: ["/encoder/rnn"]) == ["encoder (3)", " rnn (2)", " embedding 2", "scale 3"])
    #expect(Self.drawn(tree, folded: ["/encoder"]) == ["encoder (3)", "scale 3"])
    #expect(tree.lines().first?.byteCount == 24)
  }

  @Test func aGroupOfOneGroupIsOnItsLine() {
    let tree = Self.tree("a/b/c/x", "a/b/c/y")
    #expect(Self.drawn(tree) == ["a/b/c (2)", " x 0", " y 1"])
    #expect(Self.drawn(Self.tree("a.x")) == ["a (1)", " x 0"])
  }

  @Test func aNameMayBeTensorAndBranch() {
    #expect(Self.drawn(Self.tree("a", "a.b", "a.c")) == ["a 0", "a (2)", " b 1", " c 2"])
    #expect(Self.drawn(Self.tree("a.b", "a", "a.c")).sorted() == [" b 0", " c 2", "a (2)", "a 1"].sorted())
  }

  @Test func oddNames() {
    #expect(Self.drawn(Self.tree("", "..", "x")).count == 4)
    let deep = String(repeating: "a.", count: 5000) + "a"
    let lines = Self.tree(deep, "a.b").lines()
    #expect(lines.count == 4 && lines.allSatisfy { $0.depth < 30 })
    #expect(TensorTree([]).lines().isEmpty)
  }
}

@Suite struct MatrixTileTests {
  static func tile(_ rows: Int, _ columns: Int, _ request: TileRequest) -> MatrixTile {
    var tile = MatrixTile(MatrixSize(rows: rows, columns: columns), request)
    // In uneven pieces, as they come from a file.
    let numbers = (0..<rows * columns).map(Double.init)
    for start in stride(from: 0, to: numbers.count, by: 7) {
      tile.take(Array(numbers[start..<min(start + 7, numbers.count)]), from: start)
    }
    return tile
  }

  @Test func smallMatricesAreThemselves() {
    let tile = Self.tile(3, 4, TileRequest(most: 8))
    #expect(tile.values == (0..<12).map(Float.init) && !tile.isBinned && tile.largest == 11)
  }

  @Test func binsHoldWhatIsFarthestFromZero() {
    var tile = MatrixTile(MatrixSize(rows: 2, columns: 5), TileRequest(most: 2))
    tile.take([1, -3, 2, 0, 0.5, .nan, 0, 0, .infinity, -1], from: 0)
    #expect((tile.rowStep, tile.columnStep) == (1, 3))
    #expect(tile.values == [-3, 0.5, 0, -1] && tile.broken == [2, 3])
    #expect(tile.cells(1, 1).rows == 1..<2 && tile.cells(1, 1).columns == 3..<5)
    let pooled = tile.pooled(rows: 2, columns: 1)
    #expect(pooled.values == [-3, -1] && pooled.broken == [0, 1])
    #expect(tile.pooled(rows: 1, columns: 1) == tile)
  }

  @Test func partsAreCut() {
    let tile = Self.tile(10, 10, TileRequest(rows: 8..<20, columns: 2..<4, most: 9))
    #expect(tile.values == [82, 83, 92, 93] && tile.rows == 8..<10)
    #expect(!tile.isElsewhere(79..<81) && tile.isElsewhere(0..<80))
    #expect(!tile.isElsewhere(99..<100) && tile.isElsewhere(100..<107))
    #expect(Self.tile(10, 10, TileRequest(rows: 20..<30, most: 9)).values.isEmpty)
  }

  @Test func shapesAsMatrices() {
    func size(_ shape: [Int]) -> MatrixSize {
      TensorSummary(name: "t", type: "F32", shape: shape, byteCount: 0).matrix
    }
    #expect(size([]) == MatrixSize(rows: 1, columns: 1) && size([5]) == MatrixSize(rows: 1, columns: 5))
    #expect(size([2, 3, 4]) == MatrixSize(rows: 6, columns: 4) && size([3, 0]) == MatrixSize(rows: 0, columns: 0))
  }

  @Test func nothingIsReadOfAnEmptyMatrix() {
    var tile = MatrixTile(MatrixSize(rows: 0, columns: 0), TileRequest(most: 4))
    tile.take([1, 2], from: 0)
    #expect(tile.values.isEmpty && tile.largest == 0 && tile.isElsewhere(0..<5))
  }
}

@Suite struct AmountsTests {
  @Test func sizesAndNumbers() {
    #expect([999, 1000, 1_500_000, 2_000_000_000].map(Amounts.bytes) == ["999 B", "1.0 kB", "1.5 MB", "2.00 GB"])
    #expect(Amounts.short(0.000123456) == "0.0001235" && Amounts.count(1, "tensor") == "1 tensor")
    #expect(Amounts.bars([0, 1, 8, 4]) == " ▂█▅")
  }
}
