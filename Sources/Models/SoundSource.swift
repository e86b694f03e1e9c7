import Audio
import Checkpoints
import Foundation
import Layers
import Tensors
import Traces

/// A model that hears, with the sound that it has been given: to a session it is a model like any other, whose source
/// has a token for each position of the encoder.
struct Listening: SequenceModel {
  let model: Transformer
  /// `[frames, filters]`.
  let spectrogram: Tensor

  var attention: [AttentionLayout] { model.attention }
  var endID: Int { model.endID }
  var suppressedTokens: [Int] { model.suppressedTokens }

  func choice(at step: Int) -> TokenChoice { model.choice(at: step) }

  /// - Parameter source: the positions, which nothing is looked up by.
  func begin(_ source: [Int], edits: TapEdits) -> SequenceStart { model.begin(hearing: spectrogram, edits: edits) }

  func check(sourceLength: Int, targetLength: Int) throws {
    try model.check(sourceLength: sourceLength, targetLength: targetLength)
  }
}

/// A sound as a model hears it, and what a trace calls its parts.
struct SoundSource {
  /// `[frames, filters]`.
  let spectrogram: Tensor
  let tokens: [Token]
  /// What was done to the file, a line each.
  let notes: [String]

  /// Seconds from one position to the next: two frames.
  static let step = 2 * Double(LogMelSpectrogram.hop) / Double(LogMelSpectrogram.rate)

  /// - Parameters:
  ///   - spectrogram: `[frames, filters]`.
  ///   - seconds: where the sound ends and silence begins; nil if that is not known.
  init(spectrogram: Tensor, seconds: Double?, notes: [String] = []) {
    self.spectrogram = spectrogram
    self.notes = notes
    tokens = Self.tokens(SoundStem.positions(frames: spectrogram.shape.rows), seconds: seconds)
  }

  /// An audio file, or a spectrogram as `WhisperFeatureExtractor` gives it in a NumPy file.
  ///
  /// - Throws: `AudioError`, `CheckpointError` or `ModelError`.
  init(path: String, _ configuration: TransformerConfiguration) throws {
    let (filters, frames) = (configuration.soundFilters ?? 0, 2 * configuration.maximumSourceLength)
    if [".npz", ".npy"].contains(where: path.lowercased().hasSuffix) {
      let features = try Self.features(path, filters: filters, frames: frames)
      self.init(spectrogram: features.swappingFirstAxes(), seconds: nil)
    } else {
      let sound = try AudioFeatures(path: path, filters: filters, frames: frames)
      self.init(spectrogram: sound.features.swappingFirstAxes(), seconds: sound.seconds, notes: sound.notes)
    }
  }

  /// `[filters, frames]`, from `input_features` or the only array, in a batch of one or without.
  private static func features(_ path: String, filters: Int, frames: Int) throws -> Tensor {
    let archive = try Checkpoint(path: path)
    guard archive.format == .numpy else { throw ModelError("\(path): not a NumPy file; give .npz or .npy") }
    let names = archive.tensors.map(\.name)
    guard let name = names.first(where: { $0 == "input_features" }) ?? (names.count == 1 ? names[0] : nil) else {
      throw ModelError(
        "\(path): has the arrays \(names.map { printable($0) }.joined(separator: ", ")); call the spectrogram "
          + "input_features")
    }
    let shape = try archive.info(of: name).shape
    guard shape == [filters, frames] || shape == [1, filters, frames] else {
      throw ModelError(
        "\(path): the spectrogram has shape \(shape), this model hears [\(filters), \(frames)] (mel filters, frames of "
          + "10 ms); fill it up as WhisperFeatureExtractor does")
    }
    let tensor = try archive.tensor(named: name).reshaped([filters, frames])
    if tensor.elements.contains(where: { !$0.isFinite }) {
      throw ModelError("\(path): the spectrogram holds what is not a number; compute it anew")
    }
    return tensor
  }

  /// A position under its time, such as `0.42s`. Those in the silence after the sound count as special.
  private static func tokens(_ count: Int, seconds: Double?) -> [Token] {
    (0..<count).map { position in
      let time = Double(position) * step
      let isSilence = seconds.map { time >= $0 } ?? false
      return Token(id: position, piece: label(position), kind: isSilence ? .special : .word)
    }
  }

  private static func label(_ position: Int) -> String {
    AudioFeatures.text(hundredths: Int((Double(position) * step * 100).rounded())) + "s"
  }
}

extension ModelFolder {
  /// The configuration of a model whose source is sound; nil of one that reads.
  var hearing: TransformerConfiguration? {
    (configuration as? TransformerConfiguration).flatMap { $0.soundFilters == nil ? nil : $0 }
  }

  /// Whether a source is the path of an audio file, not a text.
  public var hearsSound: Bool { hearing != nil }

  /// Begins to decode what is heard in an audio file, or in a spectrogram in a NumPy file.
  ///
  /// - Throws: one line that names the file.
  public func session(
    sound path: String, maximumLength: Int? = nil
  ) throws -> (session: DecodingSession, notes: [String]) {
    guard let hearing else {
      throw ModelError("\(self.path): this model reads text; give a sentence, not an audio file")
    }
    let sound = try SoundSource(path: (path as NSString).expandingTildeInPath, hearing)
    return (try session(hearing: sound, text: path, maximumLength: maximumLength), sound.notes)
  }

  /// - Parameter text: what to call the sound.
  func session(hearing sound: SoundSource, text: String, maximumLength: Int?) throws -> DecodingSession {
    guard let model = model as? Transformer, hearsSound else { throw ModelError("\(path): this model hears no sound") }
    let lengthLimit = max(1, maximumLength ?? model.targetLimit(sourceLength: sound.tokens.count))
    try model.check(sourceLength: sound.tokens.count, targetLength: lengthLimit)
    let trace = AttentionTrace(model: description, sourceText: text, source: sound.tokens, lengthLimit: lengthLimit)
    return DecodingSession(
      model: Listening(model: model, spectrogram: sound.spectrogram), vocabulary: vocabulary,
      source: sound.tokens.map(\.id), trace: trace)
  }
}
