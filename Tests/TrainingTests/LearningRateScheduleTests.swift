import Testing

@testable import Training

@Suite struct LearningRateScheduleTests {
  func rates(_ kind: LearningRateSchedule.Kind, steps: [Int], change: (inout LearningRateSchedule) -> Void) -> [Double]
  {
    var schedule = LearningRateSchedule()
    schedule.kind = kind
    schedule.peak = 1
    change(&schedule)
    return steps.map { schedule.rate(step: $0, lastStep: 110) }
  }

  @Test func eachKindHasItsShape() {
    #expect(rates(.constant, steps: [1, 50, 110]) { _ in } == [1, 1, 1])
    #expect(rates(.constant, steps: [1, 5, 10, 11]) { $0.warmupSteps = 10 } == [0.1, 0.5, 1, 1])
    #expect(rates(.linear, steps: [5, 10, 60, 110, 500]) { $0.warmupSteps = 10 } == [0.5, 1, 0.5, 0, 0])
    #expect(rates(.linear, steps: [25, 50, 99]) { ($0.decaySteps, $0.finalFraction) = (50, 0.5) } == [0.75, 0.5, 0.5])
    #expect(rates(.inverseSquareRoot, steps: [4, 16, 64]) { $0.warmupSteps = 16 } == [0.25, 1, 0.5])
    #expect(rates(.inverseSquareRoot, steps: [1, 4, 100]) { _ in } == [1, 0.5, 0.1])
    let cosine = rates(.cosine, steps: [10, 35, 60, 110, 111]) { ($0.warmupSteps, $0.finalFraction) = (10, 0.2) }
    for (rate, expected) in zip(cosine, [1, 0.8828427124746190, 0.6, 0.2, 0.2]) {
      #expect(abs(rate - expected) < 1e-12)
    }
  }

  @Test func aPlateauReducesByItsFactor() {
    var schedule = LearningRateSchedule()
    (schedule.kind, schedule.peak, schedule.plateauFactor) = (.plateau, 0.8, 0.5)
    #expect((0...3).map { schedule.rate(step: 9, lastStep: 10, reductions: $0) } == [0.8, 0.4, 0.2, 0.1])
  }

  @Test func reductionsComeEachTimePatienceRunsOut() {
    var progress = TrainingProgress()
    let improved = [1, 2, 1, 1, 1, 1, 3, 2].map { progress.endEpoch(score: $0, plateauPatience: 2) }
    #expect(improved == [true, true, false, false, false, false, true, false])
    #expect(progress.reductions == 2)
    #expect((progress.bestEpoch, progress.epochsSinceBest, progress.epoch) == (7, 1, 8))
  }
}
