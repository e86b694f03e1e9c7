import CDoors
import CSndfile

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The beginning of an audio file: one channel, the mean of those that it has, at the file's own rate.
///
/// WAV, FLAC, Ogg, MP3 and what else libsndfile knows, which is opened when the first file is read and works in a
/// process of its own.
public struct AudioFile: Sendable {
  /// From -1 to 1 in files of whole numbers.
  public let samples: [Float]
  /// Samples a second.
  public let rate: Int
  /// Of the whole file, in seconds; nil where the file does not say.
  public let duration: Double?

  /// Samples a second that are believed: below is no sound, above none that anybody records.
  static let rates = 1000...384_000

  /// - Parameter seconds: how much is read at most.
  /// - Throws: `AudioError` where there is no such file, the library is missing, or the file is no sound.
  public init(path: String, seconds: Double) throws(AudioError) {
    let file = try Self.open(path)
    defer { close(file) }
    if let reason = Self.missing {
      throw AudioError(
        "\(path): reading audio needs libsndfile, which cannot be opened (\(reason)); install the package libsndfile1, "
          + "or give the spectrogram with --features")
    }
    var reader = Reader(file, seconds)
    let header = reader.header()
    let isWhole = header != nil && header?.reason.0 == 0 && reader.readSamples()
    guard reader.end(), let header, isWhole || header.reason.0 != 0 else {
      throw AudioError("\(path): the audio file is damaged; convert it to WAV")
    }
    if header.reason.0 != 0 {
      throw AudioError("\(path): \(Self.text(header.reason)); give a WAV, FLAC, Ogg or MP3 file")
    }
    guard Self.rates.contains(Int(header.rate)) else {
      throw AudioError(
        "\(path): \(header.rate) samples a second; \(Self.rates.lowerBound) to \(Self.rates.upperBound) are read")
    }
    guard !reader.samples.isEmpty else { throw AudioError("\(path): there is no sound in this file; give another") }
    if let place = reader.samples.firstIndex(where: { !$0.isFinite }) {
      throw AudioError("\(path): sample \(place) is not a number; convert the file to WAV of 16 bits")
    }
    samples = reader.samples
    rate = Int(header.rate)
    duration = header.frames < 0 ? nil : Double(header.frames) / Double(header.rate)
  }

  private static func open(_ path: String) throws(AudioError) -> Int32 {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw AudioError("\(path): \(String(cString: strerror(errno))); give the path of an audio file")
    }
    // Before opening, since opening a pipe would wait for its writer.
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw AudioError("\(path): this is not a regular file; give the path of an audio file")
    }
    #if canImport(Darwin)
      let file = Darwin.open(path, O_RDONLY | O_CLOEXEC)
    #else
      let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    #endif
    guard file >= 0 else {
      throw AudioError("\(path): \(String(cString: strerror(errno))); check the file's permissions")
    }
    return file
  }

  /// Why the library cannot be used; nil if it can.
  private static let missing: String? = csndfile_load().map { String(cString: $0) }

  private static func text(_ reason: some Any) -> String {
    withUnsafeBytes(of: reason) { bytes in
      let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
      return line.hasSuffix(".") ? String(line.dropLast()) : line
    }
  }
}

/// The child process at work on one file.
private struct Reader {
  private(set) var samples: [Float] = []
  private var child = cdoors_child()
  private let isStarted: Bool

  init(_ file: Int32, _ seconds: Double) { isStarted = csndfile_start(file, seconds, &child) == 0 }

  /// Nil if the child came to grief before it could say anything.
  mutating func header() -> csndfile_header? {
    guard isStarted else { return nil }
    var header = csndfile_header()
    return withUnsafeMutableBytes(of: &header) { fill($0) == $0.count } ? header : nil
  }

  /// - Returns: false if what came is no whole number of samples.
  mutating func readSamples() -> Bool {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { block.deallocate() }
    while true {
      let count = fill(block)
      samples += block[..<(count / 4 * 4)].bindMemory(to: Float.self)
      if count < block.count { return count % 4 == 0 }
    }
  }

  mutating func end() -> Bool { isStarted && cdoors_end(&child, 0) != 0 }

  /// As many bytes as come, until the memory is full.
  private mutating func fill(_ memory: UnsafeMutableRawBufferPointer) -> Int {
    var count = 0
    while count < memory.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: memory[count...])
      let received = cdoors_receive(&child, rest.baseAddress, rest.count)
      if received <= 0 { break }
      count += received
    }
    return count
  }
}
