import Foundation
import GoldenFixtures
import Tensors
import Testing

@testable import Audio

/// Whisper's spectrograms against `WhisperFeatureExtractor`; `Tests/Reference/huggingface_encoders.py`.
///
/// 2e-4: the reference transforms in single precision, which it says itself is good to about 1e-5.
@Suite struct SpectrogramTests {
  private struct Options: Decodable {
    var frames: [Int]
  }

  @Test(arguments: [80, 128], ["tone", "sweep", "noise", "click", "silence", "long"])
  func agreesWithTransformers(filters: Int, sound: String) throws {
    let golden = try GoldenCase("spectrograms", in: .module)
    let samples = try golden.tensor("in.\(sound)").elements
    let found = LogMelSpectrogram(filters: filters)(samples, frames: 100)
    let expected = try golden.tensor("out.\(sound).\(filters)")
    let frames = try golden.options(Options.self).frames
    let rows = (0..<filters).map { filter in frames.map { found[filter, $0] } }
    #expect(greatestDifference(Tensor([filters, frames.count], rows.flatMap { $0 }), expected) < 2e-4)
  }

  @Test(arguments: [80, 128])
  func filters(count: Int) throws {
    let expected = try GoldenCase("spectrograms", in: .module).tensor("out.filters.\(count)")
    let found = MelFilters(count, frequencies: 201, rate: 16_000).filters
    for (index, filter) in found.enumerated() {
      var row = [Float](repeating: 0, count: 201)
      for (place, weight) in filter.weights.enumerated() { row[filter.first + place] = Float(weight) }
      #expect(greatestDifference(Tensor([201], row), expected.row(index)) < 1e-6)
    }
  }

  @Test(arguments: [1, 2, 7, 12, 400])
  func transformIsTheSumThatDefinesIt(count: Int) {
    let x = (0..<count).map { (n: Int) -> Double in
      let spread = (n * 37 + 11) % 101
      return Double(spread) / 50 - 1
    }
    let found = FourierTransform(count)(x)
    for k in stride(from: 0, to: count, by: max(count / 7, 1)) {
      var (real, imaginary) = (0.0, 0.0)
      for n in x.indices {
        let turns = Double(k * n % count) / Double(count)
        let angle = -2 * Double.pi * turns
        real += x[n] * cos(angle)
        imaginary += x[n] * sin(angle)
      }
      #expect(abs(found[k].x - real) < 1e-9)
      #expect(abs(found[k].y - imaginary) < 1e-9)
    }
  }
}
