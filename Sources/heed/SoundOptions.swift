import ArgumentParser

/// What a model that hears is given in place of a sentence.
struct SoundOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Transcribe this audio file; for models that hear, such as Whisper.", valueName: "file"),
    completion: .file())
  var audio: String?

  @Option(
    help: ArgumentHelp(
      "The same from a spectrogram that NumPy has saved: input_features, or the only array.", valueName: "file.npz"),
    completion: .file(extensions: ["npz", "npy"]))
  var features: String?

  func validate() throws {
    if audio != nil && features != nil { throw ValidationError("give either --audio or --features") }
    if let features, ![".npz", ".npy"].contains(where: features.lowercased().hasSuffix) {
      throw ValidationError("--features takes a file of NumPy, .npz or .npy; --audio takes audio files")
    }
  }

  /// The file, of either kind.
  var path: String? { audio ?? features }
}
