import Foundation
import Testing

@testable import Models

/// `config.json` of both families.
@Suite struct ConfigurationTests {
  private func transformer(_ json: String) throws -> TransformerConfiguration {
    try TransformerConfiguration(json: Data(json.utf8), file: "config.json")
  }

  /// What reading `json` fails with.
  private func failure(_ json: String) -> String? {
    do {
      _ = try transformer(json)
      return nil
    } catch {
      return "\(error)"
    }
  }

  private func json(_ changes: String = "", sources: Int = 20) -> String {
    #"{"model_type": "heed-transformer", "source_vocabulary_size": \#(sources), "target_vocabulary_size": 30"# + changes
      + "}"
  }

  @Test func writtenAndReadBackIsTheSame() throws {
    var recurrent = Seq2SeqConfiguration()
    (recurrent.attention, recurrent.cell, recurrent.suppressedTokens) = (.general, .lstm, [3])
    (recurrent.sourceVocabularySize, recurrent.targetVocabularySize) = (20, 30)
    #expect(try Seq2SeqConfiguration(json: recurrent.json(), file: "") == recurrent)

    var transformer = TransformerConfiguration()
    (transformer.kind, transformer.positions, transformer.activation) = (.encoderOnly, .interleaved, .swish)
    (transformer.normalization, transformer.tiedEmbeddings, transformer.normEpsilon) = (.after, .none, 1e-5)
    (transformer.keyWidth, transformer.heads, transformer.width) = (24, 8, 192)
    (transformer.hasFinalNorm, transformer.scalesEmbeddings, transformer.hasOutputBias) = (false, false, false)
    (transformer.sourceVocabularySize, transformer.targetVocabularySize) = (20, 30)
    #expect(try TransformerConfiguration(json: transformer.json(), file: "") == transformer)
  }

  @Test func everyKeyIsListedOnceAndIsRead() throws {
    for keys in [Seq2SeqConfiguration.keys, TransformerConfiguration.keys] {
      #expect(Set(keys).count == keys.count && keys.first == "model_type")
    }
    // A key that were written but not read, or the other way round, would fail one of these.
    func keys(_ configuration: TransformerConfiguration) throws -> Set<String> {
      Set((try JSONSerialization.jsonObject(with: configuration.json()) as? [String: Any] ?? [:]).keys)
    }
    let optional: Set = [
      "key_width", "value_width", "suppress_tokens", "decoder_heads", "decoder_feed_forward_width",
      "gated_feed_forward",
      "feed_forward_bias", "attention_bias", "scale_scores", "centred_norms", "embedding_norm", "position_offset",
      "relative_buckets", "relative_distance", "scale_output", "source_prefix_ids", "source_suffix_ids",
      "target_prefix_ids", "spare_rows", "scale_scores_by_layer", "sound_filters", "shared_positions", "begin_tokens",
      "begin_suppress_tokens",
    ]
    #expect(try keys(TransformerConfiguration()) == Set(TransformerConfiguration.keys).subtracting(optional))
    let variant = variant()
    #expect(try keys(variant) == Set(TransformerConfiguration.keys).subtracting(["shared_positions"]))
    #expect(try TransformerConfiguration(json: variant.json(), file: "") == variant)
    var language = TransformerConfiguration()
    (language.kind, language.positions, language.sharedPositions) = (.decoderOnly, .learned, 40)
    (language.sourceVocabularySize, language.targetVocabularySize, language.sourceHasEnd) = (30, 30, false)
    #expect(try keys(language).contains("shared_positions"))
    #expect(try TransformerConfiguration(json: language.json(), file: "") == language)
    let read = try transformer(json(#", "key_width": 7, "value_width": 9, "suppress_tokens": [3]"#))
    #expect(read.keyWidth == 7 && read.valueWidth == 9 && read.suppressedTokens == [3])
  }

  /// With every option that is not usual.
  private func variant() -> TransformerConfiguration {
    var c = TransformerConfiguration()
    (c.sourceVocabularySize, c.targetVocabularySize, c.suppressedTokens) = (20, 30, [3])
    (c.keyWidth, c.valueWidth, c.decoderHeads, c.decoderFeedForwardWidth) = (7, 9, 2, 11)
    (c.isGated, c.hasFeedForwardBias, c.hasAttentionBias, c.scalesScores) = (true, false, false, false)
    (c.hasCentredNorms, c.hasEmbeddingNorm, c.positionOffset) = (false, true, 2)
    (c.relativeBuckets, c.relativeDistance, c.scalesOutput, c.hasSpareRows) = (8, 20, true, true)
    (c.soundFilters, c.positions, c.scalesScoresByLayer) = (8, .learned, true)
    (c.beginTokens, c.beginSuppressedTokens) = ([[7, 8]], [9])
    c.affixes.sourcePrefix = [4]
    c.affixes.sourceSuffix = [5]
    c.affixes.targetPrefix = [6]
    return c
  }

  @Test func absentKeysKeepTheirDefaults() throws {
    var expected = TransformerConfiguration()
    (expected.sourceVocabularySize, expected.targetVocabularySize) = (20, 30)
    #expect(try transformer(json()) == expected)
  }

  @Test(arguments: [
    (#", "layers": 3"#, "key 'layers' is not understood; remove it, or use the heed that wrote it"),
    (#", "heads": 0"#, "heads is 0; expected 1 to 16777216"),
    (#", "heads": 3"#, "width 256 is no multiple of heads 3; give key_width and value_width, or another width"),
    (#", "heads": 1024, "width": 1024"#, "heads is 1024; expected 1 to 256"),
    (#", "width": -4"#, "width is -4; expected 1 to 16777216"),
    (#", "width": 21, "heads": 3"#, "width is 21; sinusoidal positions need an even one"),
    (#", "encoder_layers": 65"#, "more than 64 layers"),
    (#", "max_target_length": 0"#, "max_target_length is 0; expected 1 to 16777216"),
    (#", "norm_epsilon": 0"#, "norm_epsilon is 0.0; expected between 0 and 1"),
    (#", "eos_token_id": 20"#, "eos_token_id is 20, outside a vocabulary"),
    (#", "suppress_tokens": [2]"#, "suppress_tokens has 2, which is the end token or outside the vocabulary"),
    (
      #", "tied_embeddings": "all""#,
      "tied_embeddings 'all' needs one vocabulary; source_vocabulary_size is 20 and target_vocabulary_size 30"
    ),
    (#", "kind": "encoder-only""#, "tied_embeddings 'target' needs a decoder; kind is 'encoder-only'"),
    (
      #", "kind": "decoder-only""#,
      "kind 'decoder-only' has one vocabulary; source_vocabulary_size is 20 and target_vocabulary_size 30"
    ),
  ])
  func whatNoModelCanBeIsSaid(_ changes: String, _ reason: String) {
    #expect(failure(json(changes)) == "config.json: " + reason)
  }

  @Test func aLanguageModelGoesOnWhereThePromptEnds() {
    let reason = "config.json: kind 'decoder-only' goes on where the prompt ends; set source_has_end to false"
    for changes in ["", #", "source_has_start": true"#] {
      #expect(failure(json(#", "kind": "decoder-only""# + changes, sources: 30)) == reason)
    }
    for start in ["true", "false"] {
      let changes = #", "kind": "decoder-only", "source_has_end": false, "source_has_start": "# + start
      #expect(failure(json(changes, sources: 30)) == nil)
    }
  }

  @Test func wrongTypesNameTheirKey() throws {
    for (changes, key) in [(#", "heads": "4""#, "heads"), (#", "activation": "laplace""#, "activation")] {
      let message = try #require(failure(json(changes)))
      #expect(message.hasPrefix("config.json: key '\(key)': ") && !message.contains("\n"))
    }
    #expect(failure("[]") == "config.json: not a JSON object; a model's config.json is needed here")
  }
}
