extension Seq2SeqConfiguration {
  public static let fields: [ConfigurationField<Self>] =
    [
      .init("attention", \.attention), .init("attention_units", \.attentionUnits),
      .init("attention_span", \.attentionSpan), .init("attention_window", \.attentionWindow),
      .init("input_feeding", \.inputFeeding), .init("cell", \.cell), .init("reset_after", \.resetAfter),
      .init("source_embedding_size", \.sourceEmbeddingSize), .init("target_embedding_size", \.targetEmbeddingSize),
      .init("encoder_units", \.encoderUnits), .init("encoder_layers", \.encoderLayers),
      .init("bidirectional", \.bidirectional), .init("decoder_units", \.decoderUnits),
      .init("decoder_layers", \.decoderLayers), .init("decoder_state", \.decoderState),
      .init("mask_source", \.masksSource), .init("readout", \.readout), .init("readout_units", \.readoutUnits),
      .init("tied_embeddings", \.tiesEmbeddings), .init("gate_activation", \.gateActivation),
      .init(optional: "padded_source_length", \.paddedSourceLength),
    ] + textFields

  public var problem: String? {
    let sizes = [
      ("attention_units", attentionUnits), ("attention_window", attentionWindow),
      ("source_embedding_size", sourceEmbeddingSize), ("target_embedding_size", targetEmbeddingSize),
      ("encoder_units", encoderUnits), ("encoder_layers", encoderLayers), ("decoder_units", decoderUnits),
      ("decoder_layers", decoderLayers), ("readout_units", readoutUnits),
    ]
    return sizeProblem(sizes) ?? tokenProblem ?? incompatibility
  }

  private var incompatibility: String? {
    if encoderLayers > 64 || decoderLayers > 64 { return "more than 64 layers" }
    if attention == .dot && encoderWidth != decoderUnits {
      return "dot attention needs encoder states as wide as decoder_units; they are \(encoderWidth) and \(decoderUnits)"
    }
    if decoderState == .zeros && !asksBeforeStep {
      return "decoder_state 'zeros' needs additive attention, whose query carries the state"
    }
    if inputFeeding && (attention == .none || asksBeforeStep) {
      return "input_feeding needs dot, general or concat attention"
    }
    if decoderLayers > encoderLayers {
      return "decoder_layers is \(decoderLayers), more than the encoder's \(encoderLayers): no state to start from"
    }
    if tiesEmbeddings && outputWidth != targetEmbeddingSize {
      return "tied_embeddings needs target_embedding_size \(outputWidth), the width of the readout"
    }
    if readout == .deep && !asksBeforeStep { return "readout 'deep' needs additive attention" }
    return nil
  }

  /// Width of what the output matrix reads.
  var outputWidth: Int { readout == .deep ? readoutUnits : decoderUnits }
}
