import Autograd
import Layers
import Tensors
import Traces

/// PyTorch's sequence-to-sequence tutorial in its first form: the embedded token and the state, without a look at the
/// source, say how much each of MAX_LENGTH positions weighs.
public struct FixedAttention: OpenedFamily {
  public let configuration: FixedAttentionConfiguration
  private let sourceEmbedding: Embedding
  private let encoder: RecurrentLayer
  fileprivate let targetEmbedding: Embedding
  fileprivate let score: Linear
  fileprivate let combine: Linear
  fileprivate let cell: RecurrentCell
  fileprivate let output: Linear

  /// Parameters of `encoder.embedding`, `encoder.cell.forward`, `decoder.embedding`, `decoder.cell`, `attention.score`
  /// `[E + U, MAX_LENGTH]`, `attention.combine` `[E + U, combined width]` and `output`.
  public init(_ configuration: FixedAttentionConfiguration, _ source: inout some ParameterSource) throws {
    self.configuration = configuration
    let c = configuration
    sourceEmbedding = try source.scoped("encoder.embedding") {
      try Embedding(&$0, vocabulary: c.sourceVocabularySize, width: c.sourceEmbeddingSize)
    }
    encoder = try source.scoped("encoder.cell") {
      try RecurrentLayer(&$0, c.cellKind, inputs: c.sourceEmbeddingSize, units: c.units, bidirectional: false)
    }
    targetEmbedding = try source.scoped("decoder.embedding") {
      try Embedding(&$0, vocabulary: c.targetVocabularySize, width: c.targetEmbeddingSize)
    }
    score = try source.scoped("attention.score") {
      try Linear(&$0, c.targetEmbeddingSize + c.units, c.maximumSourceLength)
    }
    combine = try source.scoped("attention.combine") {
      try Linear(&$0, c.targetEmbeddingSize + c.units, c.combinedWidth)
    }
    cell = try source.scoped("decoder.cell") {
      try RecurrentCell(&$0, c.cellKind, inputs: c.combinedWidth, units: c.units)
    }
    output = try source.scoped("output") { try Linear(&$0, c.units, c.targetVocabularySize) }
  }

  public var attention: [AttentionLayout] { [AttentionLayout(site: .cross, layers: 1, heads: 1)] }
  public var endID: Int { configuration.endID }
  public var suppressedTokens: [Int] { configuration.suppressedTokens }
  public var sourceColumns: Int? { configuration.maximumSourceLength }

  public func check(sourceLength: Int, targetLength: Int) throws {
    guard sourceLength <= configuration.maximumSourceLength else {
      throw ModelError(
        "\(sourceLength) source tokens; its attention has \(configuration.maximumSourceLength) positions")
    }
  }

  /// - Parameter source: nothing is read of the padding at its end.
  public func begin(_ source: [Int], edits: TapEdits) -> SequenceStart {
    let length = configuration.maximumSourceLength
    let real = Array(source.prefix(length))
    let tokens = real.prefix((real.lastIndex { $0 != configuration.padID } ?? 0) + 1)
    let batch = SequenceBatch(length: tokens.count, count: 1)
    let (outputs, final, _) = encoder(sourceEmbedding(Array(tokens)), batch)
    let empty = Variable(Tensor.zeros([length - tokens.count, configuration.units]))
    let values = tokens.count < length ? Variable.concatenatingRows([outputs, empty]) : outputs
    return SequenceStart(
      state: FixedAttentionState(model: self, values: values, state: final), first: configuration.startID)
  }
}

private struct FixedAttentionState: SequenceState {
  let model: FixedAttention
  /// `[MAX_LENGTH, U]`.
  let values: Variable
  let state: RecurrentState

  func step(_ token: Int, edits: TapEdits) -> SequenceStep {
    var context = ForwardContext(recording: model.attention.taps(at: [.cross]), interventions: edits)
    let embedded = model.targetEmbedding([token])
    let scores = model.score(.concatenatingColumns([embedded, state.hidden]))
    let seen = context.attend(scores: scores, values: values)
    let input = model.combine(.concatenatingColumns([embedded, seen])).activated(.relu)
    let next = model.cell.step(model.cell.project(input), state)
    let logits = model.output(next.hidden).value
    return SequenceStep(
      next: FixedAttentionState(model: model, values: values, state: next), logits: logits.reshaped([logits.count]),
      cross: model.attention.recorded(.cross, in: context), decoder: nil)
  }
}
