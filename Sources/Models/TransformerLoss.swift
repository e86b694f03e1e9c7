import Autograd
import Layers
import Tensors

extension Transformer {
  /// The loss of a batch under teacher forcing.
  ///
  /// A language model reads source and target as one text and is measured on the target; an empty source stands for
  /// the start token. An encoder alone is measured on one label for each source token, the padding id aside.
  ///
  /// - Parameters:
  ///   - sources: ids as the model reads them.
  ///   - targets: ids with the end token and without the start token, none empty; or labels.
  /// - Returns: a scalar, and the number of target tokens in it.
  /// - Throws: `ModelError` for a sentence without enough positions or labels.
  public func loss(
    sources: [[Int]], targets: [[Int]], average: LossAverage, smoothing: Float, _ context: inout ForwardContext
  ) throws -> (loss: Variable, tokens: Int) {
    try requireReading()
    for (source, target) in zip(sources, targets) {
      try check(sourceLength: source.count, targetLength: target.count)
      if decoder == nil && source.count != target.count {
        throw ModelError(
          "a pair of \(source.count) source and \(target.count) target tokens; an encoder-only model needs one target "
            + "token for each source token")
      }
    }
    let logits = output(predicting(sources: sources, targets: targets, &context))
    let labels = targets.flatMap { $0 }
    let isCounted = labels.map { decoder != nil || $0 != configuration.padID }
    let tokens = isCounted.count(where: { $0 })
    let count =
      switch average {
      case .tokens: tokens
      case .positions: targets.count * (targets.map(\.count).max() ?? 0)
      case .sentences: targets.count
      }
    let share = 1 / Float(max(count, 1))
    let loss = logits.crossEntropy(targets: labels, weights: isCounted.map { $0 ? share : 0 }, smoothing: smoothing)
    let alignment = alignmentLoss(sources: sources, targets: targets, context)
    return (alignment.map { loss + $0 } ?? loss, tokens)
  }

  /// What guided alignment adds to the loss; nil unless a head is guided.
  private func alignmentLoss(sources: [[Int]], targets: [[Int]], _ context: ForwardContext) -> Variable? {
    guard let guidance = context.guidance else { return nil }
    let layout = HeadLayout(
      queries: Packing(targets.map(\.count)), memory: Packing(sources.map(\.count)), heads: configuration.heads)
    return guidance.loss(context.guided, layout)
  }

  /// The rows that predict the tokens of the targets, one after the other: `[tokens, D]`.
  func predicting(sources: [[Int]], targets: [[Int]], _ context: inout ForwardContext) -> Variable {
    let packing = Packing(sources.map(\.count))
    let states = encoder.map { $0(sources, packing, &context) }
    guard let decoder else { return states ?? Variable(.zeros([0, configuration.width])) }
    if let states {
      let given = targets.map { [configuration.startID] + $0.dropLast() }
      return decoder(
        given, Packing(given.map(\.count)), cross: decoder.crossMemories(states, packing), &context)
    }
    let given = zip(sources, targets).map { prompt($0) + $1.dropLast() }
    let whole = Packing(given.map(\.count))
    let rows = decoder(given, whole, &context)
    // What the prompt's earlier tokens predict is not asked for.
    let asked = targets.indices.flatMap { whole.range($0).suffix(targets[$0].count) }
    return asked.count == whole.rows ? rows : rows.gather(asked)
  }
}
