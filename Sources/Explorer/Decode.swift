import Traces

/// The trace on screen and what is being done to it.
struct Decode: Sendable, Equatable {
  private(set) var trace: AttentionTrace?
  /// nil for a model without attention.
  private(set) var head: HeadCursor?
  /// The attention at `head`; nil for a model without any.
  private(set) var matrix: AttentionMatrix?
  /// `matrix` as it is drawn: words merged or not, special tokens there or not.
  private(set) var chart: Chart?
  /// `chart`, or what it is compared with, in bins where it is seen from far.
  var drawn: Chart? { pictures[shown] ?? pictures[.after] }
  /// The two runs of a what-if and their difference; of a run that is not compared only itself.
  private var pictures: [Shown: Chart] = [:]
  /// What the run before was like; nil while nothing is compared.
  private(set) var comparison: TraceDifference?
  /// The earlier run's chart, at the same head; nil while nothing is compared.
  private(set) var earlier: Chart?
  var shown = Shown.after
  /// Changes with `trace`.
  private(set) var number = 0
  /// `number` as it was when another decode began.
  private var first = 0
  /// What has been made of the trace that took long.
  private var derived: [HeadCursor: AttentionMatrix?] = [:]
  /// Whether something is being made of the trace.
  private var isAtWork = false
  /// Whether `thumbnails` are of an earlier step.
  private var isStale = false
  /// Changes with `chart`.
  private(set) var revision = 0
  var options = Chart.Options() { didSet { if options != oldValue { draw() } } }
  /// Places of the chart in one bin along each side.
  var bin = 1 { didSet { if bin != oldValue { draw() } } }
  /// All heads of the site, while they are in sight.
  private(set) var thumbnails: Thumbnails?
  /// What they do, and in which order they are shown.
  private(set) var ranking: HeadRanking?
  /// Commands that the engine has not answered yet.
  var unanswered = 0
  /// Whether steps follow each other on their own.
  var isRunning = false
  var pace = Pace.steady
  var progress: Progress?

  struct Progress: Sendable, Equatable {
    var label: String
    var fraction: Double?
  }

  /// The pause between two steps of a run.
  enum Pace: Int, Sendable, CaseIterable {
    case slow = 1000
    case steady = 150
    case instant = 0

    var name: String {
      switch self {
      case .slow: "slowly"
      case .steady: "steadily"
      case .instant: "at once"
      }
    }
  }

  var site: Site { head?.site ?? .cross }
  var steps: [Step] { trace?.steps ?? [] }
  var source: [Token] { trace?.source ?? [] }
  var hasEnded: Bool { trace.map { $0.ending != .open } ?? false }

  mutating func show(_ trace: AttentionTrace) {
    self.trace = trace
    number += 1
    derived = [:]
    isStale = true
    draw()
  }

  mutating func look(at head: HeadCursor?) {
    if self.head?.site != head?.site { (thumbnails, ranking) = (nil, nil) }
    self.head = head
    draw()
  }

  mutating func clear() {
    trace = nil
    revision += 1
    number += 1
    first = number
    derived = [:]
    ranking = nil
    comparison = nil
    shown = .after
    (matrix, chart, earlier, thumbnails) = (nil, nil, nil, nil)
    pictures = [:]
  }

  /// Makes the thumbnails and measures the heads if that has not been done for this trace and site.
  mutating func makeThumbnails(_ layout: AttentionLayout) {
    guard thumbnails == nil || isStale, let trace, layout.cost(in: trace) <= Work.mostAtOnce else { return }
    thumbnails = Thumbnails(trace, layout)
    ranking = HeadRanking(trace, layout)
    isStale = false
  }

  // MARK: Work

  /// Whether the matrix is still being made.
  var isWorking: Bool {
    guard let trace, let head else { return false }
    return derived[head] == nil && head.cost(in: trace) > Work.mostAtOnce
  }

  /// What is to be made beside the interface; nil for nothing, and while something is.
  ///
  /// - Parameter layout: of the heads, if all of them are to be seen.
  mutating func work(_ layout: AttentionLayout?, slot: Int?) -> Work? {
    guard let trace, !isAtWork else { return nil }
    if let head, isWorking {
      isAtWork = true
      return Work(job: .matrix(head), trace: trace, number: number, slot: slot)
    }
    guard let layout, thumbnails == nil || isStale, layout.cost(in: trace) > Work.mostAtOnce else { return nil }
    isAtWork = true
    return Work(job: .heads(layout), trace: trace, number: number, slot: slot)
  }

  /// Takes in what was made; of an earlier step only the thumbnails, until there are newer ones.
  mutating func take(_ worked: Worked) {
    isAtWork = false
    switch worked.result {
    case .matrix(let head, let matrix):
      guard worked.number == number else { return }
      derived.updateValue(matrix, forKey: head)
      draw()
    case .heads(let thumbnails, let ranking):
      guard worked.number > first, ranking.layout.site == site else { return }
      (self.thumbnails, self.ranking) = (thumbnails, ranking)
      isStale = worked.number != number
    }
  }

  /// Puts the heads in an order.
  mutating func rank(by sort: HeadRanking.Sort) { ranking?.sort(by: sort) }

  mutating func compare(with comparison: TraceDifference?) {
    guard comparison != nil || self.comparison != nil else { return }
    self.comparison = comparison
    draw()
  }

  /// The same with another of the runs that are compared as the one that is drawn.
  func showing(_ shown: Shown) -> Decode {
    var decode = self
    decode.shown = shown
    return decode
  }

  /// The widest label of a row in any of the runs that are compared.
  var widestRow: Int { pictures.values.map(\.rows.widestLabel).max() ?? 0 }

  private mutating func draw() {
    revision += 1
    matrix = attention
    chart = chart(mergingWords: options.mergesWords)
    pictures = [:]
    pictures[.after] = chart
    drawEarlier()
    if bin > 1 { pictures = pictures.mapValues { $0.binned(by: bin) } }
  }

  /// The run before and its difference, unless they would take too long.
  private mutating func drawEarlier() {
    earlier = nil
    guard let chart, let head, let before = comparison?.before, head.cost(in: before) <= Work.mostAtOnce,
      let old = head.matrix(in: before)
    else { return }
    let earlier = Chart(old, before, head.site, options)
    self.earlier = earlier
    pictures[.before] = earlier
    let plain = Chart.Options(hidesSpecial: options.hidesSpecial)
    // Where the parts of words fall differently in the two, there are no words to compare.
    pictures[.difference] =
      Chart(chart, less: earlier)
      ?? self.chart(mergingWords: false).flatMap { Chart($0, less: Chart(old, before, head.site, plain)) }
  }

  /// The numbers of the trace that are looked at; nil where it has none, and while they are being made.
  private var attention: AttentionMatrix? {
    guard let trace, let head else { return nil }
    if let known = derived[head] { return known }
    return isWorking ? nil : head.matrix(in: trace)
  }

  /// `matrix` with its words, whole or in parts; nil where there is none.
  func chart(mergingWords: Bool) -> Chart? {
    guard let trace, let head, let matrix else { return nil }
    return Chart(
      matrix, trace, head.site, Chart.Options(mergesWords: mergingWords, hidesSpecial: options.hidesSpecial))
  }
}
