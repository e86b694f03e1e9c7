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
  /// `chart` in bins where it is seen from far; else the same.
  private(set) var drawn: Chart?
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
  var bin = 1 { didSet { if bin != oldValue { drawn = bin > 1 ? chart?.binned(by: bin) : chart } } }
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
    (matrix, chart, drawn, thumbnails) = (nil, nil, nil, nil)
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

  private mutating func draw() {
    revision += 1
    matrix = attention
    chart = chart(mergingWords: options.mergesWords)
    drawn = bin > 1 ? chart?.binned(by: bin) : chart
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
    func axis(_ tokens: [AxisToken]) -> Axis {
      Axis(tokens, mergesWords: mergingWords, hidesSpecial: options.hidesSpecial)
    }
    return Chart(
      matrix, site: head.site, rows: axis(trace.rowLabels(head.site)), columns: axis(trace.columnLabels(head.site)))
  }
}
