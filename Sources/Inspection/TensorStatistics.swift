/// What the numbers of one tensor are like.
public struct TensorStatistics: Sendable, Equatable {
  public var count: Int
  public var zeros: Int
  public var nans: Int
  public var infinities: Int
  /// The finite numbers' smallest, largest, mean and standard deviation (that of all, not of a sample); nil if there is
  /// no finite number.
  public var range: ClosedRange<Double>?
  public var mean: Double?
  public var deviation: Double?
  /// How many finite numbers fall into each of equal parts of the range; the last part holds its end. Empty without a
  /// range, one part for a range of one number.
  public var histogram: [Int]

  public init(
    count: Int = 0, zeros: Int = 0, nans: Int = 0, infinities: Int = 0, range: ClosedRange<Double>? = nil,
    mean: Double? = nil, deviation: Double? = nil, histogram: [Int] = []
  ) {
    self.count = count
    self.zeros = zeros
    self.nans = nans
    self.infinities = infinities
    self.range = range
    self.mean = mean
    self.deviation = deviation
    self.histogram = histogram
  }
}
