import Checkpoints
import Foundation

/// What is logged of one step: a JSON line.
public struct StepMetrics: Codable, Sendable, Equatable {
  /// Batches done.
  public var step: Int
  /// The epoch that the batch belongs to, counted from 1.
  public var epoch: Int
  public var loss: Double
  public var learningRate: Double
  /// Before clipping.
  public var gradientNorm: Double
  /// Real target tokens of the batch.
  public var targetTokens: Int
  public var tokensPerSecond: Double

  enum CodingKeys: String, CodingKey {
    case step, epoch, loss
    case learningRate = "learning_rate"
    case gradientNorm = "gradient_norm"
    case targetTokens = "target_tokens"
    case tokensPerSecond = "tokens_per_second"
  }
}

/// What is logged at the end of an epoch: a JSON line, told from a step's by `validation_loss`.
public struct EpochMetrics: Codable, Sendable, Equatable {
  public var step: Int
  /// Epochs done.
  public var epoch: Int
  /// Mean loss of a real target token over the epoch's batches of this session.
  public var trainingLoss: Double?
  public var validationLoss: Double
  public var validationBLEU: Double?
  public var sampleSource: String?
  public var sampleTranslation: String?
  /// So many last epochs' parameters were averaged before this was measured; nil for the epoch's own.
  public var averagedEpochs: Int?
  /// True where validation is better than after any epoch before.
  public var improved: Bool
  /// Time spent since the start, over all sessions.
  public var seconds: Double

  enum CodingKeys: String, CodingKey {
    case step, epoch, improved, seconds
    case trainingLoss = "training_loss"
    case validationLoss = "validation_loss"
    case validationBLEU = "validation_bleu"
    case sampleSource = "sample_source"
    case sampleTranslation = "sample_translation"
    case averagedEpochs = "averaged_epochs"
  }
}

extension EpochMetrics {
  init(
    _ progress: TrainingProgress, _ result: ValidationResult, trainingLoss: Double? = nil, averagedEpochs: Int? = nil,
    improved: Bool
  ) {
    self.init(
      step: progress.step, epoch: progress.epoch, trainingLoss: trainingLoss, validationLoss: result.loss,
      validationBLEU: result.bleu, sampleSource: result.sample?.source,
      sampleTranslation: result.sample?.translation, averagedEpochs: averagedEpochs, improved: improved,
      seconds: progress.seconds)
  }
}

/// `metrics.jsonl`: one JSON object a line, appended as training goes.
public final class MetricsLog {
  public let path: String
  private var file: FileHandle?
  private let encoder = JSONEncoder()

  public init(run: String) {
    path = URL(fileURLWithPath: run, isDirectory: true).appendingPathComponent("metrics.jsonl").path
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  }

  deinit { try? file?.close() }

  /// Opens the file for appending, without the lines of work that came after `progress` and will be done again.
  public func open(at progress: TrainingProgress) throws {
    try AtomicFile.write(kept(at: progress), to: path)
    guard let file = FileHandle(forWritingAtPath: path) else { throw TrainingError("\(path): cannot be written") }
    try named(path, "written") { try file.seekToEnd() }
    self.file = file
  }

  public func append(_ metrics: some Encodable) throws {
    var line = try encoder.encode(metrics)
    line.append(UInt8(ascii: "\n"))
    try named(path, "written") { try file?.write(contentsOf: line) }
  }

  private struct Place: Decodable {
    var step: Int
    var epoch: Int
    var seconds: Double?  // Only the lines of epochs have it.
    /// Only the line of a run's end has it, which is measured again when the run goes on.
    var averagedEpochs: Int?

    enum CodingKeys: String, CodingKey {
      case step, epoch, seconds
      case averagedEpochs = "averaged_epochs"
    }
  }

  private func kept(at progress: TrainingProgress) -> Data {
    var kept = Data()
    guard progress.step > 0, let old = FileManager.default.contents(atPath: path) else { return kept }
    for line in old.split(separator: UInt8(ascii: "\n")) {
      guard let place = try? JSONDecoder().decode(Place.self, from: line) else { continue }
      if place.averagedEpochs != nil { continue }
      let isEpoch = place.seconds != nil
      if place.step <= progress.step && (!isEpoch || place.epoch <= progress.epoch) {
        kept += line + [UInt8(ascii: "\n")]
      }
    }
    return kept
  }
}
