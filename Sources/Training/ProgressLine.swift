import Foundation

/// The words of training progress, as pure functions of what was measured.
public enum ProgressLine {
  /// One line that is drawn over itself: a bar, the loss, target tokens per second and the time left.
  ///
  /// - Parameter width: of the terminal; the bar takes what the words leave.
  public static func bar(_ metrics: StepMetrics, _ estimate: Estimate, width: Int) -> String {
    let head = "epoch \(metrics.epoch)/\(estimate.epochs) "
    let tail = " \(estimate.batch)/\(estimate.batches) " + words(estimate)
    let room = width - 1 - head.count - tail.count - 2
    if room < 4 { return String((head + tail.dropFirst()).prefix(max(0, width - 1))) }
    let done = estimate.batches > 0 ? room * estimate.batch / estimate.batches : room
    return head + "[" + String(repeating: "=", count: done) + String(repeating: " ", count: room - done) + "]" + tail
  }

  /// The same without a bar, for a log.
  public static func plain(_ metrics: StepMetrics, _ estimate: Estimate) -> String {
    "epoch \(metrics.epoch)/\(estimate.epochs), batch \(estimate.batch)/\(estimate.batches), " + words(estimate)
  }

  /// The end of an epoch, or of a run that averages its last ones: its losses, BLEU and a sample sentence, which gets a line of its own.
  public static func epoch(_ metrics: EpochMetrics) -> String {
    var parts: [String] = []
    if let loss = metrics.trainingLoss { parts.append("training loss " + number(loss, 3)) }
    parts.append("validation loss " + number(metrics.validationLoss, 3))
    if let bleu = metrics.validationBLEU { parts.append("BLEU " + number(bleu, 1)) }
    parts.append(duration(metrics.seconds))
    if metrics.improved { parts.append("best so far") }
    let what = metrics.averagedEpochs.map { "mean of the last \($0) epochs" } ?? "epoch \(metrics.epoch)"
    var line = what + ": " + parts.joined(separator: ", ")
    if let source = metrics.sampleSource, let translation = metrics.sampleTranslation {
      line += "\n  \(source) → \(translation)"
    }
    return line
  }

  /// `1:02:03`, `2:03` or `0:03`.
  public static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "?" }
    let whole = Int(max(0, seconds).rounded())
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
  }

  static func number(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

  private static func words(_ estimate: Estimate) -> String {
    "loss \(number(estimate.meanLoss, 3)), \(number(estimate.tokensPerSecond, 0)) target tokens/s, "
      + "\(duration(estimate.secondsLeft)) left"
  }
}
