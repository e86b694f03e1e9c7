import Autograd
import Tensors

/// What attention looks back at: made once for a batch of sources, read at every step.
public struct AttentionMemory {
  /// The encoder states, `[B, S, D]`.
  public let values: Variable
  /// What queries are compared with, `[B, S, U]`.
  public let keys: Variable
  /// Real source lengths; nil where there is no padding.
  public let lengths: [Int]?

  public init(values: Variable, keys: Variable, lengths: [Int]? = nil) {
    self.values = values
    self.keys = keys
    self.lengths = lengths
  }

  public var sourceLength: Int { values.shape[1] }

  func length(_ sentence: Int) -> Int { lengths?[sentence] ?? sourceLength }

  /// For the first `count` sentences, 1 where `isOpen` and inside the sentence; nil if everything is open.
  func mask(_ count: Int, where isOpen: ((_ sentence: Int, _ position: Int) -> Bool)? = nil) -> [UInt8]? {
    guard lengths != nil || isOpen != nil else { return nil }
    var mask = [UInt8](repeating: 0, count: count * sourceLength)
    for sentence in 0..<count {
      for position in 0..<length(sentence) where isOpen?(sentence, position) ?? true {
        mask[sentence * sourceLength + position] = 1
      }
    }
    return mask
  }
}
