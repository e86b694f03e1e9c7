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
    thumbnails = nil
    draw()
  }

  mutating func look(at head: HeadCursor?) {
    if self.head?.site != head?.site { thumbnails = nil }
    self.head = head
    draw()
  }

  mutating func clear() {
    trace = nil
    (matrix, chart, drawn, thumbnails) = (nil, nil, nil, nil)
  }

  /// Makes the thumbnails and measures the heads if that has not been done for this trace and site.
  mutating func makeThumbnails(_ layout: AttentionLayout) {
    guard thumbnails == nil, let trace else { return }
    thumbnails = Thumbnails(trace, layout)
    ranking = HeadRanking(trace, layout)
  }

  /// Puts the heads in an order.
  mutating func rank(by sort: HeadRanking.Sort) { ranking?.sort(by: sort) }

  private mutating func draw() {
    guard let trace, let head, let matrix = head.matrix(in: trace) else {
      (matrix, chart, drawn) = (nil, nil, nil)
      return
    }
    func axis(_ tokens: [AxisToken]) -> Axis {
      Axis(tokens, mergesWords: options.mergesWords, hidesSpecial: options.hidesSpecial)
    }
    let chart = Chart(
      matrix, site: head.site, rows: axis(trace.rowLabels(head.site)), columns: axis(trace.columnLabels(head.site)))
    self.matrix = matrix
    self.chart = chart
    drawn = bin > 1 ? chart.binned(by: bin) : chart
  }
}
