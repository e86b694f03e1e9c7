import CKernels
import Foundation
import Testing

/// The loops of attention heads, normalisation and activations, both twins, against sums in double precision. Sizes are
/// such that whole blocks, single vectors and rests all occur, and rows lie apart.
@Suite struct HeadKernelTests {
  private func numbers(_ count: Int, _ seed: Int) -> [Float] {
    (0..<count).map { Float(($0 * 7919 + seed * 104_729) % 2003) / 1001 - 1 }
  }

  @Test(arguments: KernelTests.twins, [1, 7, 8, 45, 75])
  func rowProducts(_ twin: KernelTests.Twin, _ k: Int) {
    let (m, n, lda, ldb, ldc) = (3, 6, k + 2, k + 5, 9)
    let (a, b) = (numbers(m * lda, 1), numbers(n * ldb, 2))
    var c = [Float](repeating: 9, count: m * ldc)
    twin.kernels.row_products(m, n, k, 0.5, a, lda, b, ldb, &c, ldc)
    for i in 0..<m {
      for j in 0..<n {
        let expected = 0.5 * (0..<k).reduce(0) { $0 + Double(a[i * lda + $1]) * Double(b[j * ldb + $1]) }
        #expect(abs(Double(c[i * ldc + j]) - expected) < 1e-5)
      }
      #expect(c[(i * ldc + n)..<((i + 1) * ldc)].allSatisfy { $0 == 9 })
    }
  }

  @Test(arguments: KernelTests.twins, [1, 8, 45, 75])
  func weightedRows(_ twin: KernelTests.Twin, _ k: Int) {
    let (m, n, ldb, ldc) = (3, 5, k + 1, k + 3)
    let (w, b, start) = (numbers(m * n, 3), numbers(n * ldb, 4), numbers(m * ldc, 5))
    for (down, across) in [(n, 1), (1, m)] {
      var c = start
      twin.kernels.add_weighted_rows(m, n, k, 2, w, down, across, b, ldb, &c, ldc)
      for i in 0..<m {
        for u in 0..<ldc {
          let sum = (0..<n).reduce(0) {
            $0 + Double(w[i * down + $1 * across]) * Double(b[min($1 * ldb + u, b.count - 1)])
          }
          let expected = Double(start[i * ldc + u]) + (u < k ? 2 * sum : 0)
          #expect(abs(Double(c[i * ldc + u]) - expected) < 1e-5)
        }
      }
    }
  }

  @Test(arguments: KernelTests.twins, [0, 1] as [Int32])
  func layerNorm(_ twin: KernelTests.Twin, _ centred: Int32) {
    let (rows, columns) = (2, 21)
    let (x, gain, shift) = (numbers(rows * columns, 6), numbers(columns, 7), numbers(columns, 8))
    var (y, moments) = (x, [Float](repeating: 0, count: 2 * rows))
    twin.kernels.layer_norm(rows, columns, centred, 1e-3, x, gain, shift, &y, &moments)
    for row in 0..<rows {
      let own = x[(row * columns)..<((row + 1) * columns)].map(Double.init)
      let mean = centred == 0 ? 0 : own.reduce(0, +) / Double(columns)
      let variance = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(columns)
      for (column, number) in own.enumerated() {
        let expected = (number - mean) / (variance + 1e-3).squareRoot() * Double(gain[column]) + Double(shift[column])
        #expect(abs(Double(y[row * columns + column]) - expected) < 1e-5)
      }
    }
  }

  @Test(arguments: [
    hk_relu, hk_gelu, hk_gelu_tanh, hk_swish, hk_quick_gelu, hk_clipped_gelu, hk_mish, hk_hard_swish, hk_leaky_relu,
    hk_relu6, hk_squared_relu,
  ])
  func twinsActivateAlike(_ kind: hk_activation) {
    let x = stride(from: Float(-20), through: 20, by: 0.31).map { $0 }
    let results = KernelTests.twins.map { twin in
      var (y, dx) = (x, x)
      twin.kernels.activate(kind, x.count, x, &y)
      twin.kernels.activate_backward(kind, x.count, x, [Float](repeating: 1, count: x.count), &dx)
      return y + dx
    }
    for (a, b) in zip(results[0], results[1]) { #expect(abs(a - b) < max(2e-6, 1e-7 * a)) }
  }

  @Test func dropoutOfARangeIsARangeOfTheWhole() {
    let ones = [Float](repeating: 1, count: 4099)
    var whole = KernelTests.twins.map { twin in
      var y = ones
      twin.kernels.dropout(77, 0, y.count, 1 << 30, 2, ones, &y)
      return y
    }
    #expect(whole[0] == whole[1])
    #expect(Set(whole[0]) == [0, 2])
    var part = [Float](repeating: 9, count: 1003)
    KernelTests.twins[0].kernels.dropout(77, 2001, 1003, 1 << 30, 2, ones, &part)
    #expect(part == Array(whole[0][2001..<3004]))
    KernelTests.twins[0].kernels.dropout(78, 0, 4099, 1 << 30, 2, ones, &whole[1])
    #expect(whole[0] != whole[1])
  }

  /// A quarter falls, wherever one looks: in every run of 16,384 elements, after an element that fell, and whatever
  /// the seed.
  @Test(arguments: [0, 1, 2, 1 << 32, UInt64.max]) func dropoutIsEven(_ seed: UInt64) {
    let ones = [Float](repeating: 1, count: 1 << 17)
    var y = ones
    KernelTests.twins[0].kernels.dropout(seed, 0, y.count, 1 << 30, 1, ones, &y)
    for start in stride(from: 0, to: y.count, by: 1 << 14) {
      let fallen = y[start..<(start + (1 << 14))].count { $0 == 0 }
      #expect(abs(fallen - (1 << 12)) < 280)  // five standard deviations
    }
    let both = zip(y, y.dropFirst()).count { $0 == 0 && $1 == 0 }
    #expect(abs(both - (1 << 13)) < 440)
  }
}
