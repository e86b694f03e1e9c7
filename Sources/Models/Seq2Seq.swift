import Autograd
import Layers
import Tensors

/// A recurrent encoder-decoder: the tutorial's model and its relatives.
public struct Seq2Seq: ModelFamily {
  public let configuration: Seq2SeqConfiguration
  let encoder: RecurrentEncoder
  let decoder: RecurrentDecoder

  /// Asks `source` for every parameter.
  ///
  /// - Throws: what the source throws.
  public init(_ configuration: Seq2SeqConfiguration, _ source: inout some ParameterSource) throws {
    self.configuration = configuration
    encoder = try RecurrentEncoder(&source, configuration)
    decoder = try RecurrentDecoder(&source, configuration)
  }

  /// Encoder states, what attention reads of them, and the decoder's first state.
  func encode(
    _ sources: [[Int]], _ context: inout ForwardContext
  ) -> (states: Variable, memory: AttentionMemory?, carry: DecoderCarry) {
    let (states, start, lengths) = encoder(
      sources, padID: configuration.padID, masksPadding: configuration.masksSource, &context)
    return (states, decoder.attention?.memory(states, lengths: lengths), decoder.start(start))
  }
}
