import Autograd
import Tensors

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A number for each head and distance, added to the scores of self-attention (Raffel et al. 2020, section 2.1): near
/// distances have numbers of their own, far ones share them in buckets that grow logarithmically.
public struct RelativePositions {
  private let table: Variable
  private let buckets: Int
  /// From here on all distances share one bucket.
  private let farthest: Int
  /// Whether what comes later has buckets of its own; a causal layer sees nothing of it.
  private let looksAhead: Bool

  /// Parameter `weight` `[buckets, heads]`.
  public init(
    _ source: inout some ParameterSource, buckets: Int, heads: Int, farthest: Int, looksAhead: Bool
  ) throws {
    table = try source.tensor("weight", [buckets, heads], .normal(0.02))
    self.buckets = buckets
    self.farthest = farthest
    self.looksAhead = looksAhead
  }

  /// What is added to the scores of a batch: as `HeadLayout` lays them out.
  ///
  /// - Parameter offsets: the position of each sentence's first query; its memory begins at 0 and ends with its last
  ///   query. Zeros if nil.
  public func callAsFunction(_ queries: Packing, from offsets: [Int]? = nil) -> Variable {
    let heads = table.shape[1]
    let parts = queries.lengths.enumerated().map { sentence, count in
      let first = offsets?[sentence] ?? 0
      let length = first + count
      let numbers = (first..<length).flatMap { query in (0..<length).map { bucket(of: $0 - query) } }
      let rows = table.gather(numbers).swappingFirstAxes()
      return queries.count == 1 ? rows.reshaped([heads, count, length]) : rows.reshaped([heads * count * length])
    }
    return parts.count == 1 ? parts[0] : .concatenatingRows(parts)
  }

  /// The bucket of a distance, memory minus query. In `Float`, as the reference computes it: at a bucket's edge the
  /// rounding decides.
  func bucket(of distance: Int) -> Int {
    let share = looksAhead ? buckets / 2 : buckets
    let first = looksAhead && distance > 0 ? share : 0
    let distance = looksAhead ? abs(distance) : max(-distance, 0)
    let exact = share / 2
    guard distance >= exact else { return first + distance }
    let ratio = logf(Float(distance) / Float(exact)) / Float(log(Double(farthest) / Double(exact)))
    return first + min(exact + Int(ratio * Float(share - exact)), share - 1)
  }
}
