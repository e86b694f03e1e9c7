import Autograd
import Tensors
import Testing

@Suite struct TapeTests {
  @Test func constantsRecordNothing() {
    let x = Variable(Tensor([2], [1, 2]))
    #expect(!(x * x).tanh().isRecorded)
  }

  @Test func aLossThatIgnoresALeafGivesItNoGradient() {
    let tape = Tape()
    let (x, y) = (tape.leaf(Tensor(2)), tape.leaf(Tensor(3)))
    let gradients = tape.gradients(of: x * x)
    #expect(gradients[x]?.scalar == 4)
    #expect(gradients[y] == nil)
  }

  /// Operations hold variables, which hold the tape: unless it forgets them, every training step leaks all its tensors.
  @Test func aUsedTapeIsFreed() {
    weak var tape: Tape?
    do {
      let used = Tape()
      tape = used
      let x = used.leaf(numbers([4, 4], seed: 1))
      _ = used.gradients(of: (x.tanh() * x).multiplied(by: .variable(x)).sum())
    }
    #expect(tape == nil)
  }
}
