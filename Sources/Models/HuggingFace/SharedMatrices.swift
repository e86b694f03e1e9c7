import Checkpoints

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Names of the matrices of both embeddings and of the output, which most files store once.
struct SharedMatrices {
  let encoder: String
  let decoder: String
  let output: String
  /// Every name under which one of them may be stored.
  let names: Set<String>

  var tying: TransformerConfiguration.Tying {
    switch (encoder == decoder, decoder == output) {
    case (true, true): .all
    case (true, false): .embeddings
    case (false, true): .target
    case (false, false): .none
    }
  }
}

extension HuggingFaceFolder {
  /// Finds out what the file stores separately: a matrix under a name of its own counts if its numbers differ, as in
  /// Transformers.
  ///
  /// - Throws: `CheckpointError`.
  func matrices(shared: String, encoder: String, decoder: String, output: String) throws -> SharedMatrices {
    let all = [shared, encoder, decoder, output]
    let common = all.first(where: holds) ?? shared
    func own(_ name: String, else other: String) throws -> String {
      try holds(name) && !isSame(name, other) ? name : other
    }
    let target = try own(decoder, else: common)
    return try SharedMatrices(
      encoder: own(encoder, else: common), decoder: target, output: own(output, else: target), names: Set(all))
  }

  private func isSame(_ a: String, _ b: String) throws -> Bool {
    let (first, second) = (try archive.info(of: a), try archive.info(of: b))
    guard first.type == second.type, first.shape == second.shape else { return false }
    let (left, right) = (try archive.bytes(of: a), try archive.bytes(of: b))
    return left.withUnsafeBytes { a in
      right.withUnsafeBytes { b in
        guard let x = a.baseAddress, let y = b.baseAddress, a.count == b.count else { return a.count == b.count }
        return x == y || memcmp(x, y, a.count) == 0
      }
    }
  }
}

extension ParameterMap {
  /// Embeddings and output of a Transformer.
  mutating func matrices(_ matrices: SharedMatrices) {
    self["embedding.weight"] = .stored(matrices.decoder)
    self["encoder.embedding.weight"] = .stored(matrices.encoder)
    self["decoder.embedding.weight"] = .stored(matrices.decoder)
    self["output.kernel"] = .transposed(.stored(matrices.output))
  }
}
