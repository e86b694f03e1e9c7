import Autograd
import Layers
import Tensors

extension Seq2Seq {
  /// Greedy decoding of many sentences at once, without recording attention.
  ///
  /// - Parameters:
  ///   - sources: ids as the encoder reads them, none empty.
  ///   - maximumLength: steps after which a sentence is cut.
  /// - Returns: ids without start and end token, in the order of the sources.
  public func translate(_ sources: [[Int]], maximumLength: Int) -> [[Int]] {
    guard !sources.isEmpty else { return [] }
    var context = ForwardContext()
    var (_, memory, carry) = encode(sources, &context)
    var tokens = [Int](repeating: configuration.startID, count: sources.count)
    var results = [[Int]](repeating: [], count: sources.count)
    var isOpen = [Bool](repeating: true, count: sources.count)
    for step in 0..<maximumLength {
      let input = decoder.prepare(tokens, &context)
      let output = decoder.step(input, carry, memory, step: step, &context)
      var logits = decoder.logits(
        result: output.result, context: output.context, embedded: input.embedded, &context
      ).value
      logits.suppressColumns(configuration.suppressedTokens)
      tokens = logits.argmaxOfColumns()
      carry = output.carry
      for (sentence, token) in tokens.enumerated() where isOpen[sentence] {
        if token == configuration.endID { isOpen[sentence] = false } else { results[sentence].append(token) }
      }
      if !isOpen.contains(true) { break }
    }
    return results
  }
}

extension Tensor {
  /// Sets the columns that may not be chosen to `-infinity`.
  mutating func leave(_ choice: TokenChoice) {
    guard let among = choice.among else { return suppressColumns(choice.without) }
    suppressColumns(Set(0..<shape.columns).subtracting(among).sorted())
  }

  /// Sets whole columns to `-infinity`.
  mutating func suppressColumns(_ columns: [Int]) {
    guard !columns.isEmpty else { return }
    let (rows, width) = (shape.rows, shape.columns)
    withUnsafeMutableElements { x in
      for row in 0..<rows { for column in columns { x[row * width + column] = -.infinity } }
    }
  }
}
