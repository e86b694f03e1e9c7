import CKernels
import Foundation
import Testing

@testable import Tensors

/// The vector loops against the C library, and the twins against each other.
@Suite struct KernelTests {
  static let twins = [hk_best().pointee, hk_portable().pointee].map(Twin.init)

  /// Sendable as `kernels` is: a table that nothing writes.
  struct Twin: @unchecked Sendable, CustomTestStringConvertible {
    let kernels: hk_kernels
    var testDescription: String { String(cString: kernels.name) }

    func map(
      _ loop: (hk_kernels) -> @convention(c) (Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void,
      _ x: [Float]
    ) -> [Float] {
      var y = x
      loop(kernels)(x.count, x, &y)
      return y
    }
  }

  /// Every scale from denormal to overflow, both signs, and a length that is no multiple of a vector.
  static let inputs: [Float] =
    (-50...130).flatMap { [Float(sign: .plus, exponent: $0 - 40, significand: 1.37)] }.flatMap { [$0, -$0] }
    + stride(from: Float(-89), through: 89, by: 0.37) + [0, -0.0, .infinity, -.infinity]

  @Test(arguments: twins) func exponential(_ twin: Twin) {
    for (x, y) in zip(Self.inputs, twin.map({ $0.exp }, Self.inputs)) {
      let expected = exp(Double(x))
      if expected < 1.2e-38 {
        #expect(y == 0 || y < 1.3e-38, "exp(\(x))")  // flushed to zero below the normal numbers
      } else if expected > 3.4e38 {
        #expect(y == .infinity, "exp(\(x))")
      } else {
        #expect(abs(Double(y) - expected) <= 4e-7 * expected, "exp(\(x)) = \(y)")
      }
    }
  }

  @Test(arguments: twins) func hyperbolicTangent(_ twin: Twin) {
    for (x, y) in zip(Self.inputs, twin.map({ $0.tanh }, Self.inputs)) {
      let expected = tanh(Double(x))
      #expect(abs(Double(y) - expected) <= 3e-7 * abs(expected), "tanh(\(x)) = \(y)")
    }
  }

  @Test(arguments: twins) func logistic(_ twin: Twin) {
    for (x, y) in zip(Self.inputs, twin.map({ $0.sigmoid }, Self.inputs)) {
      #expect(abs(Double(y) - 1 / (1 + exp(-Double(x)))) <= 2e-7, "sigmoid(\(x)) = \(y)")
    }
  }

  @Test(arguments: twins) func notANumberStays(_ twin: Twin) {
    for loop in [\hk_kernels.exp, \.tanh, \.sigmoid] {
      let y = twin.map({ $0[keyPath: loop] }, [Float](repeating: .nan, count: 11))
      #expect(y.allSatisfy { $0.isNaN })
    }
  }

  @Test func twinsAgree() {
    for loop in [\hk_kernels.exp, \.tanh, \.sigmoid] {
      let results = Self.twins.map { twin in twin.map({ $0[keyPath: loop] }, Self.inputs) }
      for (a, b) in zip(results[0], results[1]) where a.isFinite || b.isFinite {
        #expect(abs(a - b) <= 1e-6 * max(abs(a), 1e-30))
      }
    }
  }

  @Test(arguments: twins, [hk_f32, hk_f16, hk_bf16]) func productsReadEveryType(_ twin: Twin, _ type: hk_type) {
    let (k, n) = (37, 43)
    let weights = (0..<(k * n)).map { Float(($0 * 7919) % 97 - 48) / 32 }  // exact in every type
    let x = (0..<max(k, n)).map { Float(($0 * 31) % 17 - 8) / 8 }
    var stored = [UInt8](repeating: 0, count: weights.count * 4)
    stored.withUnsafeMutableBytes { twin.kernels.narrow(type, weights.count, weights, $0.baseAddress!) }
    var wide = [Float](repeating: 0, count: weights.count)
    twin.kernels.widen(type, weights.count, stored, &wide)
    #expect(wide == weights)
    var y = [Float](repeating: .nan, count: n)
    twin.kernels.vector_matrix(type, k, n, 0, n, x, stored, &y)
    for j in 0..<n {
      let expected = (0..<k).reduce(0) { $0 + Double(x[$1]) * Double(weights[$1 * n + j]) }
      #expect(abs(Double(y[j]) - expected) < 1e-4)
    }
    var z = [Float](repeating: .nan, count: k)
    twin.kernels.matrix_vector(type, n, n, 0, k, x, stored, &z)
    for i in 0..<k {
      let expected = (0..<n).reduce(0) { $0 + Double(x[$1]) * Double(weights[i * n + $1]) }
      #expect(abs(Double(z[i]) - expected) < 1e-4)
    }
  }

  @Test(arguments: twins) func halvesRoundToNearestEven(_ twin: Twin) {
    let values: [Float] = [1 + 0x1p-11, 1 + 0x3p-11, 65519, 65520, 1e-8, -0.0, .infinity, .nan]
    var halves = [UInt16](repeating: 0, count: values.count)
    twin.kernels.narrow(hk_f16, values.count, values, &halves)
    for (value, bits) in zip(values, halves) {
      let expected = Float16(value)
      #expect(expected.isNaN ? Float16(bitPattern: bits).isNaN : expected.bitPattern == bits, "\(value)")
    }
    twin.kernels.narrow(hk_bf16, values.count, values, &halves)
    #expect(halves[0] == 0x3F80 && halves[6] == 0x7F80)
    #expect(Float(bitPattern: UInt32(halves[7]) << 16).isNaN)
  }

  @Test func everyPartOfALoopRunsOnce() {
    let before = Threads.count
    defer { Threads.count = before }
    for threads in [1, 2, 3, 7, 2] {
      Threads.count = threads
      for parts in [0, 1, 2, 5, 64] {
        var counts = [Int32](repeating: 0, count: max(parts, 1))
        counts.withUnsafeMutableBufferPointer { counts in
          nonisolated(unsafe) let counts = counts
          parallel(parts) { counts[$0] += 1 }
        }
        #expect(counts.prefix(parts).allSatisfy { $0 == 1 })
      }
    }
  }

  @Test func rangesCoverEverythingOnce() {
    for count in [0, 1, 63, 64, 65, 1000] {
      var seen = [UInt8](repeating: 0, count: count)
      seen.withUnsafeMutableBufferPointer { seen in
        nonisolated(unsafe) let seen = seen
        parallelRanges(count, cost: 1_000_000, grain: 16) { range in for i in range { seen[i] += 1 } }
      }
      #expect(seen.allSatisfy { $0 == 1 })
    }
  }
}
