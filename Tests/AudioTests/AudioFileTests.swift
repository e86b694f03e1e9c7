import Foundation
import Testing

@testable import Audio

/// Sounds in files, sound ones and broken ones. `Scripts/dependencies` installs libsndfile.
@Suite struct AudioFileTests {
  /// A WAV file of whole numbers of 16 bits, channels side by side.
  private func wav(rate: UInt32, channels: UInt16, _ samples: [Int16], claimed: UInt32? = nil) -> Data {
    func bytes(_ value: some FixedWidthInteger) -> Data { withUnsafeBytes(of: value.littleEndian) { Data($0) } }
    let size = claimed ?? UInt32(2 * samples.count)
    var data = Data("RIFF".utf8) + bytes(UInt32(36) &+ size) + Data("WAVEfmt ".utf8) + bytes(UInt32(16))
    data += bytes(UInt16(1)) + bytes(channels) + bytes(rate)
    data += bytes(rate &* 2 &* UInt32(channels)) + bytes(2 &* channels) + bytes(UInt16(16))
    data += Data("data".utf8) + bytes(size)
    for sample in samples { data += bytes(sample) }
    return data
  }

  private func withFile<Result>(_ data: Data, _ body: (String) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("heed-\(UUID().uuidString).wav")
    try data.write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url.path)
  }

  private func refusal(_ data: Data) throws -> String {
    try withFile(data) { path in
      do {
        _ = try AudioFile(path: path, seconds: 1)
        return ""
      } catch let error as AudioError {
        return error.description.replacing(path, with: "FILE")
      }
    }
  }

  @Test func channelsAreMixed() throws {
    let file = try withFile(wav(rate: 8000, channels: 2, [16384, 0, -32768, -32768, 0, 8192])) {
      try AudioFile(path: $0, seconds: 1)
    }
    #expect(file.samples == [0.25, -1, 0.125])
    #expect(file.rate == 8000)
    #expect(file.duration == 3.0 / 8000.0)
  }

  @Test func onlyTheBeginningIsRead() throws {
    let samples = (0..<9000).map { Int16($0) }
    let file = try withFile(wav(rate: 1000, channels: 1, samples)) { try AudioFile(path: $0, seconds: 5) }
    #expect(file.samples.count == 5000)
    #expect(file.samples[4999] == Float(4999) / 32768)
    #expect(file.duration == 9)
  }

  @Test func featuresSayWhatWasChanged() throws {
    let samples = [Int16](repeating: 1000, count: 8000)
    try withFile(wav(rate: 8000, channels: 1, samples)) { path in
      let whole = try AudioFeatures(path: path, filters: 8, frames: 120)
      #expect(whole.features.shape == [8, 120])
      #expect(whole.seconds == 1)
      #expect(whole.notes == ["\(path): resampled from 8000 to 16000 Hz"])
      let cut = try AudioFeatures(path: path, filters: 8, frames: 50)
      #expect(cut.seconds == 0.5)
      #expect(cut.notes.last == "\(path): the first 0.50 s of 1.00 s are read, as much as the model hears")
    }
  }

  @Test func whatIsNoSoundIsRefused() throws {
    #expect(throws: AudioError.self) { try AudioFile(path: "/no/such/file.wav", seconds: 1) }
    #expect(throws: AudioError.self) { try AudioFile(path: "/tmp", seconds: 1) }
    let whole = wav(rate: 8000, channels: 1, [1, 2, 3])
    for data in [Data(), Data("a text".utf8), whole.prefix(20), wav(rate: 8000, channels: 1, [])] {
      let line = try refusal(data)
      #expect(line.hasPrefix("FILE: ") && !line.contains("\n"), "\(data.count) bytes: \(line)")
    }
    #expect(try refusal(wav(rate: 7, channels: 1, [1])).contains("7 samples a second"))
    #expect(try refusal(wav(rate: 8000, channels: 200, Array(repeating: 1, count: 400))).hasPrefix("FILE: "))
  }

  /// Cut at every length and with bytes turned, a file is read or refused, and never more than it says.
  @Test func damagedFilesAreReadOrRefused() throws {
    let whole = wav(rate: 8000, channels: 1, (0..<40).map { Int16($0 * 700) })
    for length in stride(from: 0, to: whole.count, by: 3) {
      try withFile(whole.prefix(length)) { _ = try? AudioFile(path: $0, seconds: 1) }
    }
    for place in 0..<44 {
      var damaged = whole
      damaged[place] ^= 0xFF
      try withFile(damaged) { path in
        if let file = try? AudioFile(path: path, seconds: 1) { #expect(file.samples.count <= 100) }
      }
    }
    let claims = try withFile(wav(rate: 8000, channels: 1, [1, 2], claimed: .max)) {
      try? AudioFile(path: $0, seconds: 1)
    }
    #expect((claims?.samples.count ?? 0) <= 8000)
  }
}
