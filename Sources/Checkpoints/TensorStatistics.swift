import Inspection

/// Bytes of a tensor that are held while it is measured.
private let heldAtMost = 1 << 20

extension TensorArchive {
  /// What the headers say, as values that know nothing of files.
  public var summary: CheckpointSummary {
    CheckpointSummary(
      path: file, format: format.rawValue,
      metadata: metadata.sorted { $0.key < $1.key }.map { CheckpointSummary.Entry(key: $0.key, value: $0.value) },
      tensors: tensors.map(\.summary))
  }

  /// Reads a tensor twice, piece after piece: once for its range and mean, once for what is measured from these.
  ///
  /// - Parameter goesOn: is told after each piece which part of the work is done, 0 to 1, and says whether to go on.
  /// - Returns: nil for a type whose single numbers cannot be read, and where `goesOn` has said no.
  /// - Throws: as `bytes(of:)`.
  public func statistics(
    of name: String, parts: Int = 16, goesOn: (Double) -> Bool = { _ in true }
  ) throws(CheckpointError) -> TensorStatistics? {
    let summary = try info(of: name).summary
    guard summary.isNumeric else { return nil }
    if summary.count == 0 { return TensorStatistics() }
    let total = Double(2 * summary.count)
    // Reading a small one anew would take longer than measuring it.
    let held = summary.byteCount <= heldAtMost ? try bytes(of: name) : nil
    var measured = FirstPass()
    guard
      try forEachNumbers(
        of: name, held,
        {
          measured.take($0, at: $1)
          return goesOn(Double($1) / total)
        })
    else { return nil }
    var second = SecondPass(measured, parts: parts)
    guard second != nil else { return measured.statistics }
    let isDone = try forEachNumbers(of: name, held) { numbers, first in
      second?.take(numbers)
      return goesOn(0.5 + Double(first) / total)
    }
    return isDone ? second?.statistics : nil
  }

  /// Reads a part of a tensor, seen as one matrix, in bins.
  ///
  /// - Parameter goesOn: as for `statistics`.
  /// - Returns: nil for a type whose single numbers cannot be read, and where `goesOn` has said no.
  /// - Throws: as `bytes(of:)`.
  public func tile(
    of name: String, _ request: TileRequest, goesOn: (Double) -> Bool = { _ in true }
  ) throws(CheckpointError) -> MatrixTile? {
    let summary = try info(of: name).summary
    guard summary.isNumeric else { return nil }
    var tile = MatrixTile(summary.matrix, request)
    let total = Double(max(1, summary.count))
    let isDone = try forEachNumbers(of: name, unless: tile.isElsewhere) { numbers, first in
      tile.take(numbers, from: first)
      return goesOn(Double(first) / total)
    }
    return isDone ? tile : nil
  }

  /// Lends all numbers in order, with the place of the first of them, until `body` says no.
  ///
  /// - Parameters:
  ///   - held: the tensor's bytes where they are there already.
  ///   - isUnwanted: whether numbers at these places need not be read at all.
  /// - Returns: whether `body` has had them all.
  private func forEachNumbers(
    of name: String, _ held: TensorBytes? = nil, unless isUnwanted: (Range<Int>) -> Bool = { _ in false },
    _ body: ([Double], Int) -> Bool
  ) throws(CheckpointError) -> Bool {
    let type = try info(of: name).type
    var numbers: [Double] = []
    var first = 0
    var goesOn = true
    func take(_ piece: UnsafeRawBufferPointer) {
      guard goesOn else { return }
      let count = piece.count / type.bytesPerBlock * type.numbersPerBlock
      if !isUnwanted(first..<first + count) {
        type.decode(piece, into: &numbers)
        goesOn = body(numbers, first)
      }
      first += count
    }
    if let held { held.forEachPiece(take) } else { try forEachPiece(of: name, take) }
    return goesOn
  }
}

extension TensorInfo {
  public var summary: TensorSummary {
    TensorSummary(
      name: name, type: type.name, shape: shape, byteCount: byteCount, label: label, isNumeric: type.isNumeric)
  }
}

/// What one reading gives: counts, range and mean.
private struct FirstPass {
  var statistics = TensorStatistics()
  private var sum = 0.0
  private var least = Double.infinity
  private var greatest = -Double.infinity

  mutating func take(_ numbers: [Double], at _: Int) {
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
    let finite = statistics.count - statistics.nans - statistics.infinities
    guard finite > 0 else { return }
    statistics.range = least...greatest
    statistics.mean = sum / Double(finite)
  }
}

/// What is measured from range and mean: deviation and histogram.
private struct SecondPass {
  private(set) var statistics: TensorStatistics
  private let least: Double
  /// Halves, since the width of a range may be beyond what a number can hold.
  private let width: Double
  private let mean: Double
  private let finite: Double
  private var squares = 0.0

  /// nil where there is no finite number.
  init?(_ first: FirstPass, parts: Int) {
    guard let range = first.statistics.range, let mean = first.statistics.mean else { return nil }
    statistics = first.statistics
    least = range.lowerBound
    width = range.upperBound / 2 - range.lowerBound / 2
    self.mean = mean
    finite = Double(statistics.count - statistics.nans - statistics.infinities)
    statistics.histogram = [Int](repeating: 0, count: range.lowerBound < range.upperBound ? max(1, parts) : 1)
  }

  mutating func take(_ numbers: [Double]) {
    let last = statistics.histogram.count - 1
    for number in numbers where number.isFinite {
      squares += (number - mean) * (number - mean)
      let place = width > 0 ? (number / 2 - least / 2) / width : 0
      statistics.histogram[min(last, Int(place * Double(last + 1)))] += 1
    }
    statistics.deviation = (squares / finite).squareRoot()
  }
}
