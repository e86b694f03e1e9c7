import CKernels

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Memory for floats: aligned for vectors, freed with its last owner.
///
/// Sendable because it is written only while one value holds it: every write goes through
/// `Tensor.withUnsafeMutableElements`, which copies storage that is shared.
final class Storage: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Float>

  init(count: Int) {
    var memory: UnsafeMutableRawPointer?
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    guard posix_memalign(&memory, 64, bytes) == 0, let memory else {
      fatalError("out of memory for \(bytes) bytes")
    }
    pointer = memory.bindMemory(to: Float.self, capacity: max(count, 1))
  }

  deinit { free(pointer) }
}

/// How the process keeps its memory.
public enum Memory {
  /// Keeps freed memory for the next tensor instead of giving it back to the system, for loops that allocate the same
  /// tensors again and again, as training does; fresh pages would cost more than the arithmetic on them.
  public static func keepFreedPages() { hk_keep_freed_pages(.max) }

  /// The same for an interface, which makes pictures of long sentences from some megabytes at each key press: no more than
  /// 64 MiB.
  public static func keepPagesOfFrames() { hk_keep_freed_pages(64 << 20) }
}
