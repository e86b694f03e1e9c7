import Foundation

/// The discrete Fourier transform of one length, split by the length's prime factors (Cooley & Tukey 1965).
struct FourierTransform {
  typealias Complex = SIMD2<Double>

  let count: Int
  private let factors: [Int]
  /// `exp(-2πi k / count)`.
  private let roots: [Complex]

  /// - Precondition: at least 1.
  init(_ count: Int) {
    precondition(count > 0)
    self.count = count
    var (factors, rest, factor) = ([Int](), count, 2)
    while rest > 1 {
      while rest % factor == 0 {
        factors.append(factor)
        rest /= factor
      }
      factor += 1
    }
    self.factors = factors
    roots = (0..<count).map { index in
      let angle = -2 * Double.pi * Double(index) / Double(count)
      return Complex(cos(angle), sin(angle))
    }
  }

  /// `Σ x[n] exp(-2πi k n / count)` for each k.
  ///
  /// - Precondition: `count` numbers.
  func callAsFunction(_ x: [Double]) -> [Complex] {
    precondition(x.count == count)
    var result = [Complex](repeating: .zero, count: count)
    var scratch = [Complex](repeating: .zero, count: factors.max() ?? 1)
    x.withUnsafeBufferPointer { x in
      result.withUnsafeMutableBufferPointer { result in
        scratch.withUnsafeMutableBufferPointer { scratch in
          transform(x, from: 0, by: 1, count, level: 0, into: result, at: 0, scratch)
        }
      }
    }
    return result
  }

  /// The transform of `size` numbers, every `stride`th of `x`.
  private func transform(
    _ x: UnsafeBufferPointer<Double>, from start: Int, by stride: Int, _ size: Int, level: Int,
    into out: UnsafeMutableBufferPointer<Complex>, at place: Int, _ scratch: UnsafeMutableBufferPointer<Complex>
  ) {
    guard size > 1 else {
      out[place] = Complex(x[start], 0)
      return
    }
    let factor = factors[level]
    let part = size / factor
    for index in 0..<factor {
      transform(
        x, from: start + index * stride, by: stride * factor, part, level: level + 1, into: out,
        at: place + index * part, scratch)
    }
    for k in 0..<part {
      for index in 0..<factor { scratch[index] = out[place + index * part + k] }
      for quarter in 0..<factor {
        var sum = scratch[0]
        for index in 1..<factor {
          sum += Self.product(scratch[index], roots[index * (k + quarter * part) % size * stride])
        }
        out[place + quarter * part + k] = sum
      }
    }
  }

  private static func product(_ a: Complex, _ b: Complex) -> Complex {
    Complex(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x)
  }
}
