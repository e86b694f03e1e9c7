import CKernels

/// The loops for this machine. Unsafe only in the compiler's eyes: a table of C functions that nothing ever writes.
package nonisolated(unsafe) let kernels = hk_best().pointee

/// How many threads share the work of one product or loop.
public enum Threads {
  public static var count: Int {
    get { Int(hk_threads()) }
    set { hk_set_threads(Int32(clamping: newValue)) }
  }
}

/// Runs `body` for `parts` parts over the pool; part `i` always falls to the same thread.
func parallel(_ parts: Int, _ body: (Int) -> Void) {
  guard parts > 1 else {
    if parts == 1 { body(0) }
    return
  }
  withoutActuallyEscaping(body) { body in
    var body = body
    withUnsafeMutablePointer(to: &body) { pointer in
      hk_run(
        Int32(parts),
        { context, index in
          context?.assumingMemoryBound(to: ((Int) -> Void).self).pointee(Int(index))
        }, UnsafeMutableRawPointer(pointer))
    }
  }
}

/// Splits `0..<count` over the threads when there is enough work, in multiples of `grain`.
///
/// - Parameter cost: rough work of one element, in multiply-adds.
public func parallelRanges(_ count: Int, cost: Int, grain: Int = 1, _ body: (Range<Int>) -> Void) {
  let threads = count * cost < 60_000 ? 1 : min(Threads.count, (count + grain - 1) / grain)
  guard threads > 1 else {
    if count > 0 { body(0..<count) }
    return
  }
  let share = ((count + threads - 1) / threads + grain - 1) / grain * grain
  parallel(threads) { part in
    let range = min(part * share, count)..<min((part + 1) * share, count)
    if !range.isEmpty { body(range) }
  }
}
