import Foundation

/// A floating-point number of at most 8 bits: its fields, and what its largest patterns mean.
///
/// Formats: OCP 8-bit Floating Point Specification 1.0, OCP Microscaling Formats 1.0; the FNUZ variants of Noune et al.
/// 2022, <https://arxiv.org/abs/2206.02915>.
struct SmallFloat: Hashable {
  enum Special {
    /// Every pattern is a finite number.
    case none
    /// The largest exponent holds infinity and not-a-number, as in IEEE 754.
    case largestExponent
    /// Only the pattern of all ones, whatever its sign, is not-a-number.
    case allOnes
    /// Negative zero is not-a-number.
    case negativeZero
  }

  let isSigned: Bool
  let exponentBits: Int
  let mantissaBits: Int
  let bias: Int
  let special: Special

  static let e2m1 = SmallFloat(isSigned: true, exponentBits: 2, mantissaBits: 1, bias: 1, special: .none)
  static let e2m3 = SmallFloat(isSigned: true, exponentBits: 2, mantissaBits: 3, bias: 1, special: .none)
  static let e3m2 = SmallFloat(isSigned: true, exponentBits: 3, mantissaBits: 2, bias: 3, special: .none)
  static let e5m2 = SmallFloat(isSigned: true, exponentBits: 5, mantissaBits: 2, bias: 15, special: .largestExponent)
  static let e4m3 = SmallFloat(isSigned: true, exponentBits: 4, mantissaBits: 3, bias: 7, special: .allOnes)
  static let e8m0 = SmallFloat(isSigned: false, exponentBits: 8, mantissaBits: 0, bias: 127, special: .allOnes)
  static let e5m2fnuz = SmallFloat(isSigned: true, exponentBits: 5, mantissaBits: 2, bias: 16, special: .negativeZero)
  static let e4m3fnuz = SmallFloat(isSigned: true, exponentBits: 4, mantissaBits: 3, bias: 8, special: .negativeZero)

  var bits: Int { (isSigned ? 1 : 0) + exponentBits + mantissaBits }

  /// What each pattern stands for.
  var values: [Double] { (0..<(1 << bits)).map(value) }

  private func value(_ pattern: Int) -> Double {
    let magnitude = pattern & ((1 << (exponentBits + mantissaBits)) - 1)
    let isNegative = isSigned && pattern != magnitude
    let exponent = magnitude >> mantissaBits
    let mantissa = magnitude & ((1 << mantissaBits) - 1)
    let isLargestExponent = exponent == (1 << exponentBits) - 1
    switch special {
    case .largestExponent where isLargestExponent:
      return mantissa != 0 ? .nan : isNegative ? -.infinity : .infinity
    case .allOnes where isLargestExponent && mantissa == (1 << mantissaBits) - 1: return .nan
    case .negativeZero where isNegative && magnitude == 0: return .nan
    default: break
    }
    // A scale has no mantissa, hence no numbers below the smallest exponent.
    let isSubnormal = exponent == 0 && isSigned
    let significand = isSubnormal ? mantissa : mantissa + 1 << mantissaBits
    let value = scalbn(Double(significand), max(exponent, isSubnormal ? 1 : 0) - bias - mantissaBits)
    return isNegative ? -value : value
  }
}
