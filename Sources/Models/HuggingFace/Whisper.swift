import Audio
import Checkpoints
import Foundation
import Layers
import Text

/// Whisper (Radford et al. 2022): a Transformer whose encoder hears a spectrogram and whose decoder begins with the
/// language, the task, and whether times are written.
enum Whisper: HuggingFaceArchitecture {
  static func open(_ folder: inout HuggingFaceFolder, _ options: OpeningOptions) throws -> ForeignModel {
    var c = try configuration(&folder)
    let tokenizer = try folder.tokenizer(.target, size: c.targetVocabularySize)
    try WhisperDecoding.read(&folder, &c, options)
    let isTied = try folder.config.bool("tie_word_embeddings", default: true)
    c.tiedEmbeddings = isTied ? .target : .none
    try folder.check(c)
    try checkSpectrogram(folder.place, c)
    var model = ForeignModel(c, MappedParameters(folder.archive, map(c, folder)))
    (model.source, model.target) = (nil, tokenizer)
    if !c.keepsEncoderAttention {
      folder.note(
        "the encoder's self-attention over \(c.maximumSourceLength) positions is not kept: \(c.encoderLayers) layers of "
          + "\(c.heads) heads would be too large")
    }
    return model
  }

  private static func configuration(_ folder: inout HuggingFaceFolder) throws -> TransformerConfiguration {
    var c = TransformerConfiguration()
    c.width = try folder.config.int("d_model", default: 384)
    c.encoderLayers = try folder.config.int("encoder_layers", default: 4)
    c.decoderLayers = try folder.config.int("decoder_layers", default: 4)
    (c.heads, c.decoderHeads) = try folder.sizes("attention_heads", default: 6)
    (c.feedForwardWidth, c.decoderFeedForwardWidth) = try folder.sizes("ffn_dim", default: 1536)
    c.activation = try folder.activation("activation_function", default: "gelu")
    c.normalization = .before
    c.hasFinalNorm = true
    c.normEpsilon = 1e-5
    c.positions = .learned
    c.scalesEmbeddings = false
    c.hasOutputBias = false
    c.soundFilters = try folder.config.int("num_mel_bins", default: 80)
    c.maximumSourceLength = try folder.config.int("max_source_positions", default: 1500)
    c.maximumTargetLength = try folder.config.int("max_target_positions", default: 448)
    c.targetVocabularySize = try folder.config.int("vocab_size", default: 51_865)
    c.sourceVocabularySize = c.targetVocabularySize
    try folder.config.expect("is_encoder_decoder", true)
    try folder.config.expect("num_hidden_layers", c.encoderLayers)
    // Of training, of classifiers and of other ways of decoding. Transformers reads `scale_embedding` and does nothing
    // with it.
    folder.config.ignore([
      "apply_spec_augment", "classifier_proj_size", "mask_feature_length", "mask_feature_min_masks",
      "mask_feature_prob",
      "mask_time_length", "mask_time_min_masks", "mask_time_prob", "median_filter_width", "scale_embedding",
      "use_weighted_layer_sum",
    ])
    return c
  }

  private static func map(_ c: TransformerConfiguration, _ folder: HuggingFaceFolder) -> ParameterMap {
    let model = folder.prefix("model.")
    var map = ParameterMap()
    for (index, filters) in [c.soundFilters ?? 0, c.width].enumerated() {
      let theirs = "\(model)encoder.conv\(index + 1)"
      map["encoder.stem.\(index).kernel"] = .transposed(.reshaped(.stored(theirs + ".weight"), [c.width, 3 * filters]))
      map["encoder.stem.\(index).bias"] = .stored(theirs + ".bias")
    }
    map["decoder.embedding.weight"] = .stored(model + "decoder.embed_tokens.weight")
    map["output.kernel"] = .transposed(.stored("proj_out.weight"))
    for (side, layers) in [("encoder", c.encoderLayers), ("decoder", c.decoderLayers)] {
      map["\(side).positions.weight"] = .stored("\(model)\(side).embed_positions.weight")
      map.norm("\(side).norm", "\(model)\(side).layer_norm")
      for layer in 0..<layers {
        map.bartLayer(
          "\(side).layers.\(layer)", "\(model)\(side).layers.\(layer)", isDecoder: side == "decoder",
          keysHaveBias: false)
      }
    }
    map.isHarmless = { $0 == "proj_out.weight" }
    return map
  }

  /// The folder's own words on how its spectrograms are made; what it leaves out is as heed makes them.
  private static func checkSpectrogram(_ place: OpeningPlace, _ c: TransformerConfiguration) throws {
    let file = place.file("preprocessor_config.json")
    guard let data = FileManager.default.contents(atPath: file) else { return }
    var config = try ForeignConfiguration(data, file: file)
    try config.expect("feature_size", c.soundFilters ?? 0)
    try config.expect("sampling_rate", LogMelSpectrogram.rate)
    try config.expect("hop_length", LogMelSpectrogram.hop)
    try config.expect("n_fft", LogMelSpectrogram.window)
    try config.expect("do_normalize", false)
    for key in ["dither", "padding_value"] {
      let value = try config.float(key, default: 0)
      if value != 0 { throw config.refusal(key, "\(value)", known: ["0"]) }
    }
    if let seconds = try config.int("chunk_length"), Double(seconds) * 50 != Double(c.maximumSourceLength) {
      throw config.refusal(
        "chunk_length", "\(seconds)", known: ["\(Double(c.maximumSourceLength) / 50), which is max_source_positions,"])
    }
    // What follows from the others, and how batches are made.
    config.ignore([
      "feature_extractor_type", "processor_class", "image_processor_type", "mel_filters", "n_samples", "nb_max_frames",
      "padding_side", "return_attention_mask", "_processor_class", "transformers_version",
    ])
    try config.requireAllKnown()
  }
}
