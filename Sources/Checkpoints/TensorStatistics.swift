/// What the numbers of one tensor are like.
public struct TensorStatistics: Sendable, Equatable {
  public var count = 0
  public var zeros = 0
  public var nans = 0
  public var infinities = 0
  /// The finite numbers' smallest, largest, mean and standard deviation (that of all, not of a sample); nil if there is
  /// no finite number.
  public var range: ClosedRange<Double>?
  public var mean: Double?
  public var deviation: Double?
  /// How many finite numbers fall into each of equal parts of the range; the last part holds its end. Empty without a
  /// range, one part for a range of one number.
  public var histogram: [Int] = []
}

extension TensorArchive {
  /// Reads a tensor twice, piece after piece: once for its range and mean, once for what is measured from these.
  ///
  /// - Returns: nil for a type whose single numbers cannot be read.
  /// - Throws: as `bytes(of:)`.
  public func statistics(of name: String, parts: Int = 16) throws(CheckpointError) -> TensorStatistics? {
    let type = try info(of: name).type
    guard type.isNumeric else { return nil }
    var statistics = TensorStatistics()
    var numbers: [Double] = []
    var sum = 0.0
    var least = Double.infinity
    var greatest = -Double.infinity
    try forEachPiece(of: name) { piece in
      type.decode(piece, into: &numbers)
      statistics.count += numbers.count
      for number in numbers {
        if number.isFinite {
          if number == 0 { statistics.zeros += 1 }
          least = min(least, number)
          greatest = max(greatest, number)
          sum += number
        } else if number.isNaN {
          statistics.nans += 1
        } else {
          statistics.infinities += 1
        }
      }
    }
    let finite = statistics.count - statistics.nans - statistics.infinities
    guard finite > 0 else { return statistics }
    statistics.range = least...greatest
    let mean = sum / Double(finite)
    statistics.mean = mean
    statistics.histogram = [Int](repeating: 0, count: least < greatest ? max(1, parts) : 1)
    let last = statistics.histogram.count - 1
    // Halves, since the width of a range may be beyond what a number can hold.
    let width = greatest / 2 - least / 2
    var squares = 0.0
    try forEachPiece(of: name) { piece in
      type.decode(piece, into: &numbers)
      for number in numbers where number.isFinite {
        squares += (number - mean) * (number - mean)
        let place = width > 0 ? (number / 2 - least / 2) / width : 0
        statistics.histogram[min(last, Int(place * Double(last + 1)))] += 1
      }
    }
    statistics.deviation = (squares / Double(finite)).squareRoot()
    return statistics
  }
}
