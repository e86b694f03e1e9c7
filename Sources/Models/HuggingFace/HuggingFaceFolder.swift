import Checkpoints
import Foundation
import Text

/// One architecture of Hugging Face's Transformers: what its `config.json` means, and what it calls its parameters.
protocol HuggingFaceArchitecture: SendableMetatype {
  /// Makes sense of a folder whose `model_type` is one that the table gives to this architecture.
  ///
  /// - Throws: `ModelError` for a key that changes the result and is not understood, or for weights that do not fit.
  static func open(_ folder: inout HuggingFaceFolder, _ options: OpeningOptions) throws -> ForeignModel
}

/// A folder as Transformers saves a model: `config.json`, weights in one file or several, tokenizer files.
struct HuggingFaceFolder: ForeignOpener {
  /// By `model_type`; a new architecture is a new file and a line here.
  static let architectures: [String: any HuggingFaceArchitecture.Type] = [
    "bart": BART.self, "bert": Bert.self, "distilbert": DistilBert.self, "gpt2": GPT2.self, "m2m_100": M2M100.self,
    "marian": Marian.self, "mbart": MBART.self, "mt5": MT5.self, "pegasus": Pegasus.self, "roberta": Roberta.self,
    "t5": T5.self,
    "whisper": Whisper.self,
  ]

  let place: OpeningPlace
  let modelType: String
  var config: ForeignConfiguration
  /// `generation_config.json`, where Transformers keeps newer models' ways of decoding.
  var generation: ForeignConfiguration?
  /// The weights; `model.safetensors`, `pytorch_model.bin`, or the shards of either.
  let archive: Checkpoint
  private(set) var notes: [String] = []

  static func recognises(_ place: OpeningPlace) -> Bool {
    place.modelType.map { architectures[$0] != nil } ?? false
  }

  static func open(_ place: OpeningPlace, _ options: OpeningOptions) throws -> ForeignModel {
    guard let type = place.modelType, let architecture = architectures[type], let config = place.config else {
      throw ModelError("\(place.path): no architecture of Transformers")
    }
    var folder = try HuggingFaceFolder(place, type, config)
    var model = try architecture.open(&folder, options)
    folder.noteDecoding()
    try folder.config.requireAllKnown()
    try folder.generation?.requireAllKnown()
    model.architecture = type
    model.notes += folder.notes
    return model
  }

  private init(_ place: OpeningPlace, _ modelType: String, _ config: Data) throws {
    self.place = place
    self.modelType = modelType
    self.config = try ForeignConfiguration(config, file: place.file("config.json"))
    let generation = place.file("generation_config.json")
    self.generation = try FileManager.default.contents(atPath: generation).map {
      try ForeignConfiguration($0, file: generation)
    }
    archive = try Checkpoint(path: place.checkpoint)
    self.config.ignore(Self.harmlessKeys)
    self.config.ignore(["model_type"])
    self.generation?.ignore(Self.harmlessKeys)
  }

  func holds(_ name: String) -> Bool { (try? archive.info(of: name)) != nil }

  /// - Throws: `ModelError` for a configuration that no model can have, before its sizes are counted with.
  func check(_ configuration: some ModelConfiguration) throws {
    if let problem = configuration.problem { throw ModelError("\(config.file): \(problem)") }
  }

  mutating func note(_ line: String) { notes.append(line) }

  /// The tokenizer of one side, from the files that Transformers or its ancestors write; nil if there is none.
  ///
  /// - Parameters:
  ///   - size: of the embedding; a vocabulary may be smaller, where the table was rounded up.
  ///   - layout: of the ids, where there is nothing but SentencePiece's file.
  /// - Throws: `TokenizerError`, or `ModelError` for a vocabulary that is larger.
  func tokenizer(_ side: Tokenizer.Side, size: Int, layout: Tokenizer.PieceLayout = .plain) throws -> Tokenizer? {
    guard let tokenizer = try Tokenizer.inFolder(place.folder, side: side, layout: layout) else { return nil }
    guard tokenizer.vocabularySize <= size else {
      throw ModelError(
        "\(place.folder.path): the \(side.rawValue) vocabulary has \(tokenizer.vocabularySize) tokens, but the model's "
          + "embedding \(size) rows; the two must come from the same model")
    }
    return tokenizer
  }
}

extension HuggingFaceFolder {
  /// Keys of both files that say nothing of what a trained model computes: the writer, training, labels of heads that
  /// are not there, what to give back, and how to look for a target other than greedily.
  static let harmlessKeys: Set<String> = [
    "_commit_hash", "_from_model_config", "_name_or_path", "_num_labels", "architectures", "attn_implementation",
    "_attn_implementation", "_attn_implementation_internal", "_attn_implementation_autoset", "auto_map", "dtype",
    "name_or_path", "output_attentions", "output_hidden_states", "output_past", "return_dict", "tokenizer_class",
    "torch_dtype", "torchscript", "transformers_version", "use_bfloat16", "use_cache", "license", "language",
    "activation_dropout", "attention_dropout", "attention_probs_dropout_prob", "classif_dropout", "classifier_dropout",
    "decoder_layerdrop", "dropout", "dropout_rate", "encoder_layerdrop", "gradient_checkpointing",
    "hidden_dropout_prob",
    "init_std", "initializer_factor", "initializer_range", "layerdrop", "finetuning_task", "id2label", "label2id",
    "num_labels", "problem_type", "task_specific_params", "chunk_size_feed_forward", "sep_token_id", "mask_token_id",
    "do_sample", "early_stopping", "num_beams", "num_beam_groups", "diversity_penalty", "temperature", "top_k", "top_p",
    "min_p", "typical_p", "epsilon_cutoff", "eta_cutoff", "length_penalty", "num_return_sequences", "output_scores",
    "output_logits", "return_dict_in_generate", "max_length", "max_new_tokens", "max_time", "penalty_alpha",
    "extra_pos_embeddings", "replacing_rate", "student_decoder_layers", "student_encoder_layers", "unk_token_id",
    "num_assistant_tokens", "num_assistant_tokens_schedule", "assistant_confidence_threshold", "assistant_lookbehind",
    "assistant_early_exit", "target_lookbehind", "is_assistant", "max_matching_ngram_size", "prefill_chunk_size",
    "return_legacy_cache", "token_healing", "disable_compile", "compile_config", "cache_config", "top_h",
    "save_step", "n_positions", "remove_invalid_values", "renormalize_logits",
    "cache_implementation", "low_memory", "trust_remote_code", "prefix",
  ]
}
