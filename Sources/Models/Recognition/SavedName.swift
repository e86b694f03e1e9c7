import Checkpoints

/// The name of a variable in somebody's checkpoint, as the way to it through the objects of the program.
///
/// `encoder/gru/cell/kernel` of TensorFlow, `encoder.gru.weight_ih_l0` of PyTorch, `layers/gru/cell/vars/0` and
/// `gru/encoder/gru/gru_cell/kernel:0` of Keras all become such a way.
struct SavedName: Hashable {
  /// What the object is called, from the outermost on.
  var path: [String]
  /// What the variable is called in its object: `kernel`, `weight`, or a number.
  var leaf: String

  /// Objects that say nothing of the model.
  private static let wrappers: Set<String> = ["module", "_orig_mod", "vars", "_layers", "_operations"]
  /// What lies beside a model's parameters in a checkpoint.
  private static let optimizers: Set<String> = [
    "optimizer", "optimizer_weights", "optimizer_state_dict", "optim", "optimizer_state", "encoder_optimizer",
    "decoder_optimizer", "encoder_optimizer_state_dict", "decoder_optimizer_state_dict", "en_opt", "de_opt", "opt",
    "scheduler", "lr_scheduler", "save_counter", "step", "epoch", "seed_generator", "seed_generator_state",
    "transformer_optimizer", "ckpt_optimizer", "iterations", "learning_rate", "global_step",
  ]

  init?(_ name: String) {
    if name.contains(".OPTIMIZER_SLOT") { return nil }
    let separator: Character = name.contains("/") ? "/" : "."
    var parts = name.split(separator: separator).map { part in
      String(part.hasSuffix(":0") ? part.dropLast(2) : part)
    }
    if parts.contains(where: { Self.optimizers.contains($0.lowercased()) || $0.lowercased().contains("optim") }) {
      return nil
    }
    parts = parts.filter { !Self.wrappers.contains($0) }.map { part in
      part.hasPrefix("_") ? String(part.drop { $0 == "_" }) : part
    }
    guard let last = parts.popLast(), !last.isEmpty else { return nil }
    leaf = last
    path = parts
  }
}

/// Whether one path comes before the other: digits at the end of a word count as numbers, so that `dense_10` comes behind
/// `dense_9`.
func isOrdered(_ one: [String], _ other: [String]) -> Bool {
  func numbered(_ word: String) -> (stem: Substring, number: Int) {
    let digits = word.reversed().prefix { $0.isASCII && $0.isNumber }.count
    let stem = word.dropLast(digits)
    return (stem.hasSuffix("_") ? stem.dropLast() : stem, Int(word.suffix(digits)) ?? 0)
  }
  for (left, right) in zip(one, other) where left != right {
    let (a, b) = (numbered(left), numbered(right))
    return a.stem == b.stem ? a.number < b.number : left < right
  }
  return one.count < other.count
}
