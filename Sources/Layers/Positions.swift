import Autograd
import Tensors

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How a Transformer knows where a token stands.
public enum PositionKind: String, Sendable, Hashable, CaseIterable, Codable {
  /// Sines in the first half of a row, cosines of the same angles in the second: the TensorFlow tutorials and Marian.
  case sinusoidal
  /// Sines in even columns, cosines in odd ones, as Vaswani et al. 2017 print it.
  case interleaved
  /// As `sinusoidal`, but the slowest rate is 1/10000 exactly: the exponent is divided by `width / 2 - 1`, as in
  /// tensor2tensor, fairseq and CTranslate2.
  case tensor2tensor
  /// A trained table.
  case learned
}

/// What is added to embeddings so that they differ by position.
public struct Positions {
  public let kind: PositionKind
  public let width: Int
  /// How many positions there are; nil where there is no limit.
  public let limit: Int?
  /// The row of the first position, where a table keeps rows for other purposes before it.
  private let offset: Int
  private let table: Weight?

  /// Parameter `weight` `[offset + limit, width]` if learned, started as Keras starts an embedding.
  ///
  /// - Parameters:
  ///   - limit: of learned positions; sinusoids have none.
  ///   - offset: what the first position is counted as; 2 in BART.
  public init(
    _ source: inout some ParameterSource, _ kind: PositionKind, width: Int, limit: Int, offset: Int = 0
  ) throws {
    self.kind = kind
    self.width = width
    self.limit = kind == .learned ? limit : nil
    self.offset = offset
    table = kind == .learned ? try source.weight("weight", offset + limit, width, .uniform(0.05)) : nil
  }

  /// The vectors of the positions of every row: `[N, width]`.
  ///
  /// - Parameter offsets: the position of each sentence's first row; zeros if nil.
  /// - Precondition: no position reaches `limit`.
  public func callAsFunction(_ packing: Packing, from offsets: [Int]? = nil) -> Variable {
    let positions = packing.lengths.enumerated().flatMap { sentence, length in
      let first = offset + (offsets?[sentence] ?? 0)
      return first..<(first + length)
    }
    if let table { return table.gather(positions) }
    let first = positions.min() ?? 0
    let rows = Self.sinusoids(first..<((positions.max() ?? -1) + 1), width: width, kind)
    return Variable(rows.gather(positions.map { $0 - first }))
  }

  /// `sin(p / 10000^(2i / width))` and the cosine beside it (Vaswani et al. 2017, section 3.5): `[positions, width]`.
  static func sinusoids(_ positions: Range<Int>, width: Int, _ kind: PositionKind) -> Tensor {
    let sines = (width + 1) / 2
    let isInterleaved = kind == .interleaved
    let span = kind == .tensor2tensor ? Double(max(width / 2 - 1, 1)) : Double(width) / 2
    let rates = (0..<sines).map { pow(10_000, -Double($0) / span) }
    return Tensor([positions.count, width]) { out in
      for (row, position) in positions.enumerated() {
        for column in 0..<width {
          let isSine = isInterleaved ? column % 2 == 0 : column < sines
          let angle = Double(position) * rates[isInterleaved ? column / 2 : column % sines]
          out[row * width + column] = Float(isSine ? sin(angle) : cos(angle))
        }
      }
    }
  }
}
