import Foundation
import Testing

@testable import Audio

/// The resampler against the functions that it samples.
@Suite struct ResamplerTests {
  private func tone(_ frequency: Double, rate: Int, count: Int) -> [Float] {
    (0..<count).map { Float(sin(2 * Double.pi * frequency * Double($0) / Double(rate))) }
  }

  /// Away from both ends, where the silence around a sound is heard.
  private func middle(_ samples: [Float]) -> ArraySlice<Float> {
    samples[(samples.count / 4)..<(samples.count * 3 / 4)]
  }

  @Test(arguments: [8000, 11_025, 22_050, 44_100, 48_000, 15_999])
  func aToneStaysTheTone(rate: Int) {
    let found = Resampler(from: rate, to: 16_000)(tone(700, rate: rate, count: rate / 5))
    #expect(abs(found.count - 3200) <= 1)
    let expected = tone(700, rate: 16_000, count: found.count)
    let error = zip(middle(found), middle(expected)).map { abs($0 - $1) }.max() ?? .infinity
    #expect(error < 1e-3)
  }

  @Test func whatIsTooHighIsTakenOut() {
    let found = Resampler(from: 44_100, to: 16_000)(tone(9500, rate: 44_100, count: 8820))
    #expect(middle(found).map(abs).max() ?? 1 < 1e-3)
  }

  @Test func aConstantStaysOne() {
    let found = Resampler(from: 48_000, to: 16_000)([Float](repeating: 0.5, count: 6000))
    #expect(found.count == 2000)
    #expect(middle(found).allSatisfy { abs($0 - 0.5) < 1e-6 })
  }

  @Test func theSameRateChangesNothing() {
    #expect(Resampler(from: 16_000, to: 16_000)([1, -1, 0.25]) == [1, -1, 0.25])
    #expect(Resampler(from: 8000, to: 16_000)([]) == [])
  }
}
