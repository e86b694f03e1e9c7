import Testing

@testable import Training

@Suite struct ProgressLineTests {
  let metrics = StepMetrics(
    step: 250, epoch: 2, loss: 1, learningRate: 0.001, gradientNorm: 2, targetTokens: 500, tokensPerSecond: 4000)
  let estimate = Estimate(
    epochs: 8, batch: 50, batches: 200, meanLoss: 2.3456, tokensPerSecond: 4321.4, secondsLeft: 754)

  @Test func theBarTakesWhatTheWordsLeave() {
    #expect(
      ProgressLine.bar(metrics, estimate, width: 80)
        == "epoch 2/8 [===            ] 50/200 loss 2.346, 4321 target tokens/s, 12:34 left")
    for width in 1...200 { #expect(ProgressLine.bar(metrics, estimate, width: width).count < max(width, 1)) }
  }

  @Test func aLogGetsTheSameWords() {
    #expect(
      ProgressLine.plain(metrics, estimate)
        == "epoch 2/8, batch 50/200, loss 2.346, 4321 target tokens/s, 12:34 left")
  }

  @Test func anEpochEndsWithItsMeasures() {
    var epoch = EpochMetrics(step: 400, epoch: 2, trainingLoss: 2, validationLoss: 1.5, improved: false, seconds: 3661)
    #expect(ProgressLine.epoch(epoch) == "epoch 2: training loss 2.000, validation loss 1.500, 1:01:01")
    (epoch.validationBLEU, epoch.improved, epoch.sampleSource, epoch.sampleTranslation) = (41.26, true, "Go.", "Va !")
    #expect(
      ProgressLine.epoch(epoch)
        == "epoch 2: training loss 2.000, validation loss 1.500, BLEU 41.3, 1:01:01, best so far\n  Go. → Va !")
  }

  @Test func timesAreWrittenAsClocksDo() {
    #expect([0, 3.4, 59.6, 3599, 3600].map(ProgressLine.duration) == ["0:00", "0:03", "1:00", "59:59", "1:00:00"])
    #expect([Double.nan, .infinity, -5].map(ProgressLine.duration) == ["?", "?", "0:00"])
  }
}
