import Autograd
import Layers
import Tensors

extension Transformer {
  /// Greedy decoding of many sentences at once, without recording attention; sentences leave as they end. An encoder
  /// alone gives the most probable label of each source token.
  ///
  /// - Parameters:
  ///   - sources: ids as the model reads them; an empty one is a language model's start token.
  ///   - maximumLength: steps after which a sentence is cut, at most as many as there are positions.
  /// - Returns: ids without start and end token, in the order of the sources.
  /// - Throws: `ModelError` for a source without enough positions.
  public func translate(_ sources: [[Int]], maximumLength: Int) throws -> [[Int]] {
    guard let longest = sources.map(\.count).max() else { return [] }
    try requireReading()
    try check(sourceLength: longest, targetLength: 0)
    var context = ForwardContext()
    let packing = Packing(sources.map(\.count))
    let states = encoder.map { $0(sources, packing, &context) }
    guard let decoder else { return states.map { labels($0, packing) } ?? [] }
    var past = decoder.past(sentences: sources.count, states: states, packing)
    var tokens = [Int](repeating: configuration.startID, count: sources.count)
    if states == nil {
      let prompts = sources.map(prompt)
      if prompts.contains(where: { $0.count > 1 }) {
        _ = decoder(prompts.map { Array($0.dropLast()) }, continuing: &past, &context)
      }
      tokens = prompts.compactMap(\.last)
    }
    return decode(tokens, decoder, &past, steps: min(maximumLength, room(sourceLength: longest)), &context)
  }

  private func decode(
    _ first: [Int], _ decoder: TransformerStack, _ past: inout DecoderPast, steps: Int, _ context: inout ForwardContext
  ) -> [[Int]] {
    var results = [[Int]](repeating: [], count: first.count)
    var (tokens, open) = (first, Array(first.indices))
    for step in 0..<max(steps, 0) {
      var logits = output(decoder(tokens.map { [$0] }, continuing: &past, &context)).value
      logits.leave(choice(at: step))
      tokens = logits.argmaxOfColumns()
      let going = tokens.indices.filter { tokens[$0] != configuration.endID }
      if going.isEmpty { break }
      if going.count < tokens.count {
        past = past.sentences(going)
        (tokens, open) = (going.map { tokens[$0] }, going.map { open[$0] })
      }
      for (sentence, token) in zip(open, tokens) { results[sentence].append(token) }
    }
    return results
  }

  private func labels(_ states: Variable, _ packing: Packing) -> [[Int]] {
    let labels = output(states).value.argmaxOfColumns()
    return (0..<packing.count).map { Array(labels[packing.range($0)]) }
  }
}
