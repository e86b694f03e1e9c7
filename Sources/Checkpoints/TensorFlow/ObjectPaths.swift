/// Ways through the object graph to its variables.
///
/// TensorFlow names a variable by the shortest way to it. Keras 3's optimizers list the model's variables, so that a GRU's
/// kernel may be called `optimizer/_trainable_variables/3`, which says nothing; the way through the model does.
struct ObjectPaths {
  private struct Node {
    var children: [(node: Int, name: String)] = []
    /// Of its variable in the index.
    var keys: [String] = []
  }

  static let optimizerMark = "optim"
  private static let longest = 4096
  private var nodes: [Node] = []

  /// From keys of the index that lead through an optimizer to the shortest way that does not, for those that have one.
  static func besideOptimizers(_ text: TensorBytes) throws(CheckpointError.Rule) -> [String: String] {
    try text.withUnsafeBytes { bytes throws(CheckpointError.Rule) in
      var graph = ProtocolBuffer(bytes, "the object graph")
      var paths = ObjectPaths()
      while let (field, value) = try graph.next() {
        guard field == 1, let node = value.message else { continue }
        paths.nodes.append(try Self.node(node))
      }
      return paths.found()
    }
  }

  private static func node(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError.Rule) -> Node {
    var node = Node()
    var object = ProtocolBuffer(bytes, "the object graph")
    while let (field, value) = try object.next() {
      guard let inner = value.message, field == 1 || field == 2 else { continue }
      var message = ProtocolBuffer(inner, "the object graph")
      var (number, name) = (UInt64(0), "")
      while let (part, value) = try message.next() {
        switch (field, part) {
        case (1, 1): number = value.number
        case (1, 2): name = value.text ?? ""
        case (2, 3): if let key = value.text { node.keys.append(key) }
        default: break
        }
      }
      if field == 1, let child = Int(exactly: number) { node.children.append((child, name)) }
    }
    return node
  }

  /// Breadth first, so that the shortest way is found, each object once.
  private func found() -> [String: String] {
    var ways: [String: String] = [:]
    guard !nodes.isEmpty else { return ways }
    var isSeen = [Bool](repeating: false, count: nodes.count)
    var queue: [(node: Int, way: String)] = [(0, "")]
    isSeen[0] = true
    var next = 0
    while next < queue.count {
      let (node, way) = queue[next]
      next += 1
      for key in nodes[node].keys where key.lowercased().hasPrefix(Self.optimizerMark) && !way.isEmpty {
        ways[key] = way
      }
      guard way.utf8.count < Self.longest else { continue }
      for (child, name) in nodes[node].children where child < nodes.count && !isSeen[child] {
        if name.lowercased().contains(Self.optimizerMark) { continue }
        isSeen[child] = true
        queue.append((child, way.isEmpty ? name : way + "/" + name))
      }
    }
    return ways
  }
}
