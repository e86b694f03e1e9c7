import Inspection

/// Opening another model.
extension State {
  /// Asks for a model; what is shown stays until it is there.
  mutating func openModel(_ path: String) -> [Command] {
    picker = nil
    if hasUnsavedChanges {
      question = Question(text: "Your changes are not saved (:save keeps them). Open another?", yes: .open(path))
      return []
    }
    return beginOpening(path)
  }

  mutating func beginOpening(_ path: String) -> [Command] {
    decode.isRunning = false
    return ask(.opening, .open(path: path), label: "opening \(Self.lastName(of: path))")
  }

  /// The new model takes the old one's place, with the sentence that stands there.
  mutating func use(_ model: ModelSummary, example: String, job: Int) -> [Command] {
    let kept = sentence.text
    // What was said was said of the model before.
    opening = [:]
    return [.use(job: job)] + open(model, sentence: kept.allSatisfy(\.isWhitespace) ? example : kept)
  }

  /// A checkpoint that is no model: only its tensors can be looked at.
  mutating func open(_ checkpoint: CheckpointSummary, reason: String) {
    whyNoModel = reason
    picture.view = .tensors
    tensors = Tensors(path: checkpoint.path)
    tensors.show(checkpoint)
  }

  /// The last part of a path.
  static func lastName(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
