import Foundation
import Testing

@testable import Training

@Suite(.serialized) struct InterruptionTests {
  /// With a signal that nothing else in the test process uses.
  @Test func theFirstSignalAsksForAnEnd() {
    Interruption.watch([SIGUSR2])
    defer { Interruption.restore([SIGUSR2]) }
    #expect(!Interruption.isRequested)
    // To the process: threads of a test's own pool hold signals back.
    kill(getpid(), SIGUSR2)
    for _ in 0..<10_000 where !Interruption.isRequested { usleep(1000) }
    #expect(Interruption.isRequested)
    Interruption.watch([SIGUSR2])
    #expect(!Interruption.isRequested)
  }
}
