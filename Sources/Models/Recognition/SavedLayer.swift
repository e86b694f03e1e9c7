import Checkpoints

/// One layer of somebody's program: what its variables' names and shapes say that it is.
struct SavedLayer {
  enum Kind: Equatable {
    /// A matrix without a bias: an embedding, or a linear map.
    case table
    case dense
    /// GRU or LSTM, told by the shapes.
    case recurrent(CellKindName)
    /// Gain and shift of a normalisation.
    case norm
    /// One vector, such as the scale of Keras' additive attention.
    case vector
    /// A projection of several heads, `[D, heads, K]` or `[heads, K, D]`.
    case heads
    case other
  }

  enum CellKindName: Equatable {
    case gru(resetAfter: Bool)
    case lstm
  }

  /// What it is called in its program, from the outermost object on.
  var path: [String]
  var kind: Kind
  /// By role: `kernel`, `bias`, `recurrent`, `inputBias` and `recurrentBias` of PyTorch, `gain`, `shift`.
  var tensors: [String: TensorInfo]
  /// PyTorch's: matrices are `[out, in]`, gates r, z, n.
  var isTurned = false

  var name: String { path.joined(separator: "/") }

  subscript(role: String) -> TensorInfo? { tensors[role] }

  private func size(_ role: String, _ axis: Int) -> Int {
    guard let shape = tensors[role]?.shape, shape.indices.contains(axis) else { return 0 }
    return shape[axis]
  }

  /// Width of what a dense or recurrent layer reads; rows of a table.
  var inputs: Int { size("kernel", isTurned ? 1 : 0) }
  /// Width of what a dense layer gives; columns of a table.
  var outputs: Int { kind == .table && isTurned ? size("kernel", 1) : size("kernel", isTurned ? 0 : 1) }
  /// Rows of a table, which is no matter of layout.
  var rows: Int { size("kernel", 0) }
  var columns: Int { size("kernel", 1) }
  /// U of a recurrent layer.
  var units: Int { size("recurrent", isTurned ? 1 : 0) }
  /// Elements of a vector or a norm.
  var width: Int { size(kind == .norm ? "gain" : "kernel", 0) }

  /// Whether a part of its path is, or begins with, one of the words; compared without case.
  func mentions(_ words: String...) -> Bool {
    path.contains { part in words.contains { part.lowercased().hasPrefix($0) } }
  }

  /// The last part of its path.
  var last: String { path.last ?? "" }
}

extension SavedLayer {
  /// Which side of a translator it belongs to, if its path says so.
  enum Side { case encoder, decoder }

  var side: Side? {
    for part in path {
      let word = part.lowercased()
      if word.hasPrefix("enc") || word == "en" || word.hasPrefix("source") || word.hasPrefix("src") { return .encoder }
      if word.hasPrefix("dec") || word == "de" || word.hasPrefix("target") || word.hasPrefix("tgt")
        || word.hasPrefix("attn_dec") || word.hasPrefix("attndec")
      {
        return .decoder
      }
    }
    return nil
  }
}
