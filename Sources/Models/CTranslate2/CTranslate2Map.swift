import Checkpoints
import Foundation
import Tensors

/// Where our parameters lie in a CTranslate2 file: projections of one input are fused, and weights may be integers.
struct CTranslate2Map {
  /// By what the first version multiplied 16-bit integers without saying so.
  private static let unsaidScale: Float = 1000

  let archive: any TensorArchive
  let names: CTranslate2Names
  private(set) var map = ParameterMap()

  init(_ archive: any TensorArchive, _ names: CTranslate2Names) {
    self.archive = archive
    self.names = names
  }

  /// A variable's numbers, whatever they are stored as.
  ///
  /// - Throws: `ModelError` for a variable that is not there.
  func numbers(_ name: String) throws -> ParameterRecipe {
    guard let stored = names[name] else {
      throw ModelError("\(archive.file): variable '\(name)' is missing; the file is no Transformer that heed knows")
    }
    if try archive.info(of: stored).type.isFloatingPoint { return .stored(stored) }
    if let scale = names.scale(of: name) {
      return .computed(from: [stored, scale]) { try $0.dequantized(stored, scale: scale) }
    }
    return .computed(from: [stored]) { try $0.dequantized(stored, scale: Self.unsaidScale) }
  }

  /// A vector or table.
  mutating func set(_ ours: String, _ theirs: String) throws { map[ours] = try numbers(theirs) }

  mutating func set(_ ours: String, _ recipe: ParameterRecipe) { map[ours] = recipe }

  mutating func norm(_ ours: String, _ theirs: String) throws {
    try set(ours + ".gamma", theirs + "/gamma")
    try set(ours + ".beta", theirs + "/beta")
  }

  /// A linear layer, or some of the outputs of a fused one.
  mutating func linear(_ ours: String, _ theirs: String, _ outputs: Range<Int>? = nil) throws {
    let weight = try numbers(theirs + "/weight")
    map[ours + ".kernel"] = .transposed(outputs.map { .rows(weight, $0) } ?? weight)
    guard names[theirs + "/bias"] != nil else {
      map[ours + ".bias"] = .constant(0)
      return
    }
    let bias = try numbers(theirs + "/bias")
    map[ours + ".bias"] = outputs.map { .columns(bias, $0) } ?? bias
  }

  mutating func layer(_ ours: String, _ theirs: String, width: Int, isDecoder: Bool) throws {
    let selfAttention = theirs + "/self_attention"
    for (index, name) in ["query", "key", "value"].enumerated() {
      try linear("\(ours).attention.\(name)", selfAttention + "/linear_0", (index * width)..<((index + 1) * width))
    }
    try linear(ours + ".attention.output", selfAttention + "/linear_1")
    try norm(ours + ".attention_norm", selfAttention + "/layer_norm")
    if isDecoder {
      let cross = theirs + "/attention"
      try linear(ours + ".cross_attention.query", cross + "/linear_0")
      try linear(ours + ".cross_attention.key", cross + "/linear_1", 0..<width)
      try linear(ours + ".cross_attention.value", cross + "/linear_1", width..<(2 * width))
      try linear(ours + ".cross_attention.output", cross + "/linear_2")
      try norm(ours + ".cross_attention_norm", cross + "/layer_norm")
    }
    try linear(ours + ".feed_forward.inner", theirs + "/ffn/linear_0")
    try linear(ours + ".feed_forward.outer", theirs + "/ffn/linear_1")
    try norm(ours + ".feed_forward_norm", theirs + "/ffn/layer_norm")
  }

  /// The sinusoids that CTranslate2 computes where a file holds none: OpenNMT's, whose first position is 1, sines in
  /// the first half, and whose rates span the whole of the range.
  static func sinusoids(_ count: Int, width: Int) -> Tensor {
    let half = width / 2
    return Tensor([count, width]) { out in
      for position in 0..<count {
        for column in 0..<width {
          let place = Double(column % max(half, 1))
          let angle = Double(position + 1) * exp(-place * log(10_000) / Double(max(half - 1, 1)))
          out[position * width + column] = column >= 2 * half ? 0 : Float(column < half ? sin(angle) : cos(angle))
        }
      }
    }
  }
}
