import Autograd
import Tensors
import Testing

/// Compares the tape's gradients with central differences of `sum(f(inputs) * upstream)`.
///
/// Differences of `Float32` values are good to about three digits: the step is large and the tolerance relative to the
/// largest gradient of the input.
func expectGradients(
  _ inputs: [Tensor], tolerance: Float = 5e-3, _ name: String = #function,
  _ function: ([Variable]) -> Variable
) {
  let upstream = numbers(function(inputs.map { Variable($0) }).shape, seed: 99)
  func loss(_ inputs: [Tensor]) -> Double { (function(inputs.map { Variable($0) }).value * upstream).sum }

  let tape = Tape()
  let leaves = inputs.map { tape.leaf($0) }
  let result = function(leaves)
  #expect(result.isRecorded, "\(name): nothing was recorded")
  let gradients = tape.gradients(of: result, upstream: upstream)

  let step: Float = 1e-2
  for (index, input) in inputs.enumerated() {
    let analytic = gradients[leaves[index]]?.elements ?? [Float](repeating: 0, count: input.count)
    let numeric = (0..<input.count).map { element -> Float in
      var changed = inputs
      changed[index].withUnsafeMutableElements { $0[element] += step }
      let above = loss(changed)
      changed[index].withUnsafeMutableElements { $0[element] -= 2 * step }
      return Float((above - loss(changed)) / Double(2 * step))
    }
    let scale = numeric.map { abs($0) }.max() ?? 0
    #expect(scale > 1e-3, "\(name): input \(index) has no influence, so nothing is tested")
    for (a, n) in zip(analytic, numeric) {
      #expect(abs(a - n) <= tolerance * max(scale, 0.1), "\(name): input \(index): \(a) against \(n)")
    }
  }
}

/// Fixed numbers between -1 and 1 that look like any.
func numbers(_ shape: Shape, seed: Int) -> Tensor {
  Tensor(shape, (0..<shape.count).map { Float(($0 * 7919 + seed * 104_729) % 2003) / 1001 - 1 })
}
