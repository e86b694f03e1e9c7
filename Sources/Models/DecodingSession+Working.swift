import Layers
import Tensors
import Traces

extension DecodingSession {
  /// One row of a head's attention worked through, under this session's interventions.
  ///
  /// The step, or the reading of the source, is done once more with more of it recorded; the decode stays as it is.
  ///
  /// - Parameter row: of the site's matrix: the step's number, the source position, or in a language model's prompt the
  ///   position there.
  /// - Throws: `ModelError` for a head or row that there is not, or a model that does not show its working.
  public func working(at head: HeadAddress, row: Int) throws -> AttentionWorking {
    guard let layout = model.attention.first(where: { $0.site == head.site }),
      (0..<layout.layers).contains(head.layer), (0..<layout.heads).contains(head.head)
    else { throw ModelError("this model has no head \(head.textWithSite)") }
    let site = AttentionSite(head.site, layer: head.layer)
    guard let mechanism = model.mechanism(at: site) else {
      throw ModelError("\(trace.model.name) does not say how it compares queries and keys")
    }
    let points: [TapPoint] = [.query, .keys, .values, .scores, .weights, .output]
    let taps = Set(points.map { ForwardContext.Tap($0, at: site) })
    let (context, line) = try recording(taps, head.site, row: row)
    guard let seen = TappedRow(context, site, head: head.head, of: layout.heads, line: line) else {
      throw ModelError("\(trace.model.name) does not record the attention of \(head.textWithSite)")
    }
    return AttentionWorking(
      head: head, row: row, mechanism: mechanism, query: seen.query, keys: seen.keys, values: seen.values,
      modelScores: seen.modelScores, temperature: plan.temperatures[head.site] ?? 1, scores: seen.scores,
      modelWeights: seen.modelWeights, weights: seen.weights, context: seen.context,
      isSilenced: plan.silenced.contains(head))
  }

  /// What the taps see where a row is made, and which of their rows it is.
  private func recording(
    _ taps: Set<ForwardContext.Tap>, _ site: Site, row: Int
  ) throws -> (context: ForwardContext, line: Int) {
    let earlier = site == .decoder ? trace.prompt?.rows ?? 0 : 0
    let missing = ModelError("there is no row \(row) of \(site.rawValue) attention yet")
    let context: ForwardContext?
    let line: Int
    if site == .encoder || (0..<earlier).contains(row) {
      guard source.indices.contains(row) else { throw missing }
      (context, line) = (model.recording(taps, reading: source, edits: plan.readingEdits), row)
    } else {
      let step = row - earlier
      guard trace.steps.indices.contains(step), states.indices.contains(step) else { throw missing }
      let given = step == 0 ? first : trace.steps[step - 1].token.id
      (context, line) = (states[step].recording(taps, reading: given, edits: plan.stepEdits(step)), 0)
    }
    guard let context else { throw ModelError("\(trace.model.name) does not show its working") }
    return (context, line)
  }
}

/// What the taps of one layer saw of one head and one of its rows.
private struct TappedRow {
  let query: [Float]
  let keys: [[Float]]
  let values: [[Float]]
  let modelScores: [Float]
  let scores: [Float]
  let modelWeights: [Float]
  let weights: [Float]
  let context: [Float]

  /// Nil where one of them was not recorded.
  ///
  /// - Parameter line: of the rows that the taps hold.
  init?(_ seen: ForwardContext, _ site: AttentionSite, head: Int, of heads: Int, line: Int) {
    func recorded(_ point: TapPoint) -> Tensor? { seen.recorded[.init(point, at: site)] }
    func original(_ point: TapPoint) -> Tensor? { seen.originals[.init(point, at: site)] ?? recorded(point) }
    guard let query = recorded(.query), let keys = recorded(.keys), let values = recorded(.values),
      let scores = recorded(.scores), let weights = recorded(.weights), let modelScores = original(.scores),
      let modelWeights = original(.weights), let context = original(.output)
    else { return nil }
    self.query = query.share(head, of: heads, row: line)
    self.keys = (0..<keys.shape.rows).map { keys.share(head, of: heads, row: $0) }
    self.values = (0..<values.shape.rows).map { values.share(head, of: heads, row: $0) }
    self.scores = scores.line(line, head, of: heads)
    self.modelScores = modelScores.line(line, head, of: heads)
    self.weights = weights.line(line, head, of: heads)
    self.modelWeights = modelWeights.line(line, head, of: heads)
    self.context = context.line(line, head, of: heads)
  }
}

extension Tensor {
  /// One head's numbers of a row in which all heads lie side by side.
  fileprivate func share(_ head: Int, of heads: Int, row: Int) -> [Float] {
    let width = shape.columns / heads
    return numbers(from: row * shape.columns + head * width, count: width)
  }

  /// One of a head's rows, of a tensor that holds all rows of a head together.
  fileprivate func line(_ line: Int, _ head: Int, of heads: Int) -> [Float] {
    numbers(from: (head * (shape.rows / heads) + line) * shape.columns, count: shape.columns)
  }

  private func numbers(from start: Int, count: Int) -> [Float] {
    withUnsafeElements { Array(UnsafeBufferPointer(start: $0 + start, count: count)) }
  }
}
