import Testing

@testable import Tensors

@Suite struct TensorTests {
  private func counting(_ shape: Shape) -> Tensor { Tensor(shape, (0..<shape.count).map { Float($0) }) }

  @Test func copiesAreValues() {
    let original = counting([2, 3])
    var copy = original
    copy.withUnsafeMutableElements { $0[0] = 99 }
    #expect(original[0, 0] == 0)
    #expect(copy[0, 0] == 99)
  }

  @Test func writingToASliceLeavesTheWholeAlone() {
    let whole = counting([4, 2])
    var slice = whole.rows(1..<3)
    #expect(slice.elements == [2, 3, 4, 5])
    slice.withUnsafeMutableElements { $0[0] = -1 }
    #expect(slice.elements == [-1, 3, 4, 5])
    #expect(whole.elements == [0, 1, 2, 3, 4, 5, 6, 7])
  }

  @Test func broadcastingFollowsNumPy() {
    let matrix = counting([2, 3])
    #expect((matrix + Tensor([3], [10, 20, 30])).elements == [10, 21, 32, 13, 24, 35])
    #expect((matrix * Tensor([2, 1], [1, -1])).elements == [0, 1, 2, -3, -4, -5])
    let outer = Tensor([2, 1, 1], [0, 100]) + Tensor([1, 3, 1], [0, 10, 20]) + Tensor([2], [1, 2])
    #expect(outer.shape == [2, 3, 2])
    #expect(outer.elements == [1, 2, 11, 12, 21, 22, 101, 102, 111, 112, 121, 122])
  }

  @Test func summingUndoesBroadcasting() {
    let x = counting([2, 3, 2])
    #expect(x.summed(to: [3, 1]).elements == [14, 22, 30])
    #expect(x.summed(to: [2]).elements == [30, 36])
    #expect(x.summed(to: []).scalar == 66)
  }

  @Test func productsInEveryLayout() {
    let a = Tensor([2, 3], [1, 2, 3, 4, 5, 6])
    let b = Tensor([3, 2], [7, 8, 9, 10, 11, 12])
    let expected: [Float] = [58, 64, 139, 154]
    #expect(a.matmul(b).elements == expected)
    #expect(a.swappingFirstAxes().matmul(b, transposed: true).elements == expected)
    #expect(a.matmul(b.swappingFirstAxes(), otherTransposed: true).elements == expected)
    var sum = Tensor([2, 2], [1, 1, 1, 1])
    sum.addProduct(a, b)
    #expect(sum.elements == expected.map { $0 + 1 })
  }

  @Test(arguments: [1, 2, 3]) func largeProductsDoNotDependOnThreads(_ threads: Int) {
    let before = Threads.count
    defer { Threads.count = before }
    let a = Tensor([67, 41], (0..<(67 * 41)).map { Float($0 % 13) - 6 })
    let b = Tensor([41, 131], (0..<(41 * 131)).map { Float($0 % 7) - 3 })
    Threads.count = threads
    let product = a.matmul(b)
    for (i, j) in [(0, 0), (66, 130), (33, 64), (12, 129)] {
      let expected = (0..<41).reduce(0) { $0 + a[i, $1] * b[$1, j] }
      #expect(product[i, j] == expected)  // small integers: exact in any order
    }
  }

  @Test func softmaxIsStableAndMasksExactly() {
    let x = Tensor([3, 3], [1000, 1001, 999, 0, 0, 0, -.infinity, 5, 5])
    let y = x.softmax(mask: [1, 1, 1, 1, 0, 1, 1, 1, 1])
    #expect(abs(y[0, 1] - 0.66524096) < 1e-6)
    #expect(y[1, 1] == 0 && y[1, 0] == 0.5)
    #expect(y[2, 0] == 0 && y[2, 1] == 0.5)
    for row in 0..<3 { #expect(abs(y.row(row).sum - 1) < 1e-6) }
    #expect(Tensor([1, 2], [1, 2]).softmax(mask: [0, 0]).elements == [0, 0])
  }

  @Test func reductions() {
    let x = Tensor([2, 3], [1, 5, 2, -1, -1, -4])
    #expect(x.sumOfColumns().elements == [8, -6])
    #expect(x.maximumOfColumns().elements == [5, -1])
    #expect(x.argmaxOfColumns() == [1, 0])
    #expect(Tensor([1, 3], [.nan, 1, 2]).argmaxOfColumns() == [2])
    #expect(x.sum == 2)
  }

  @Test func arranging() {
    let x = counting([3, 2])
    #expect(x.gather([2, 0, 2]).elements == [4, 5, 0, 1, 4, 5])
    #expect(Tensor.concatenatingRows([x, x.rows(0..<1)]).shape == [4, 2])
    #expect(Tensor.concatenatingColumns([x, x]).row(1).elements == [2, 3, 2, 3])
    #expect(x.columns(1..<2).elements == [1, 3, 5])
    let cube = counting([2, 3, 2])
    #expect(cube.swappingFirstAxes().elements == [0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11])
    var sum = Tensor.zeros([3, 2])
    sum.addColumns(1..<2, Tensor([3, 1], [1, 2, 3]))
    sum.addRows(0..<1, Tensor([1, 2], [5, 5]))
    #expect(sum.elements == [5, 6, 0, 2, 0, 3])
  }

  @Test(arguments: ElementType.allCases) func viewsOfAStoredMatrixReadWhereItLies(_ type: ElementType) {
    let weights = Tensor([6, 9], (0..<54).map { Float($0 * 7 % 23) / 4 - 2 })
    let whole = StoredMatrix(weights, elementType: type)
    let turned = weights.swappingFirstAxes()
    let views: [(StoredMatrix, Tensor)] = [
      (whole.transposed, turned), (whole.columns(2..<7), weights.columns(2..<7)),
      (whole.transposed.rows(2..<7), turned.rows(2..<7)),
      (whole.transposed.columns(1..<4).rows(3..<9), turned.columns(1..<4).rows(3..<9)),
      (whole.rows(1..<5).columns(3..<8).transposed.transposed, weights.rows(1..<5).columns(3..<8)),
      (whole.reshaped(rows: 2, columns: 27), weights.reshaped([2, 27])),
      (whole.transposed.reshaped(rows: 3, columns: 18), turned.reshaped([3, 18])),
    ]
    for (view, expected) in views {
      #expect(view.tensor() == expected)
      #expect(view.gather([1, 0]) == expected.gather([1, 0]))
      // One row and many rows are different loops.
      for rows in [1, 5] {
        let x = Tensor([rows, expected.shape[0]], (0..<rows * expected.shape[0]).map { Float($0 % 5) - 2 })
        let z = Tensor([rows, expected.shape[1]], (0..<rows * expected.shape[1]).map { Float($0 % 7) - 3 })
        #expect(view.multiply(x) == x.matmul(expected))
        #expect(view.multiply(z, transposed: true) == z.matmul(expected, otherTransposed: true))
      }
    }
  }

  @Test(arguments: ElementType.allCases) func storedMatricesMultiplyAsTheyLie(_ type: ElementType) {
    let weights = Tensor([6, 5], (0..<30).map { Float($0 % 11) / 4 - 1 })
    let stored = StoredMatrix(weights, elementType: type)
    #expect(stored.tensor() == weights)
    #expect(stored.gather([5, 0]) == weights.gather([5, 0]))
    #expect(stored.rows(2..<4).tensor() == weights.rows(2..<4))
    for rows in [1, 3, 9] {
      let x = Tensor([rows, 6], (0..<(rows * 6)).map { Float($0 % 5) - 2 })
      #expect(stored.multiply(x) == x.matmul(weights))
      let y = Tensor([rows, 5], (0..<(rows * 5)).map { Float($0 % 3) - 1 })
      #expect(stored.multiply(y, transposed: true) == y.matmul(weights, otherTransposed: true))
    }
  }
}
