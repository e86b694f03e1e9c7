/// The tensors of a checkpoint by the parts of their names.
public struct TensorTree: Sendable, Equatable {
  /// Names of more parts than this keep the rest in one.
  private static let deepest = 24

  /// One line of the tree as it is drawn.
  public struct Line: Sendable, Equatable {
    public let depth: Int
    /// The last part of the name; several where a group holds nothing but one group.
    public let label: String
    /// Names the branch, for folding it.
    public let path: String
    /// The tensor's place in the checkpoint; nil for a branch.
    public let tensor: Int?
    /// Of all tensors in the branch; of the tensor itself.
    public let tensorCount: Int
    public let byteCount: Int

    public var isBranch: Bool { tensor == nil }
  }

  private struct Node: Sendable, Equatable {
    let name: String
    var tensor: Int?
    var children: [Node] = []
    /// Branches among the children, by name.
    var branches: [Substring: Int] = [:]
    var tensorCount = 0
    var byteCount = 0
  }

  private var root = Node(name: "")

  /// In the order of the checkpoint.
  public init(_ tensors: [TensorSummary]) {
    for (index, tensor) in tensors.enumerated() {
      Self.insert(index, tensor.byteCount, Self.parts(of: tensor.name)[...], into: &root)
    }
  }

  /// Paths where the format has them, else attributes as PyTorch names them.
  private static func parts(of name: String) -> [Substring] {
    // By scalars, since a letter's marks may follow a separator.
    let separator: Unicode.Scalar = name.utf8.contains(UInt8(ascii: "/")) ? "/" : "."
    return name.unicodeScalars.split(separator: separator, maxSplits: deepest, omittingEmptySubsequences: false)
      .map { Substring($0) }
  }

  private static func insert(_ tensor: Int, _ bytes: Int, _ parts: ArraySlice<Substring>, into node: inout Node) {
    guard let part = parts.first else { return }
    node.tensorCount += 1
    node.byteCount += bytes
    guard parts.count > 1 else {
      node.children.append(Node(name: String(part), tensor: tensor, tensorCount: 1, byteCount: bytes))
      return
    }
    let place = node.branches[part] ?? node.children.count
    if place == node.children.count {
      node.branches[part] = place
      node.children.append(Node(name: String(part)))
    }
    insert(tensor, bytes, parts.dropFirst(), into: &node.children[place])
  }

  /// Every line from top to bottom; what lies in a folded branch has none.
  public func lines(folded: Set<String> = []) -> [Line] {
    var lines: [Line] = []
    Self.append(root, depth: 0, prefix: "", path: "", folded, to: &lines)
    return lines
  }

  /// The paths of all branches.
  public var branches: Set<String> { Set(lines().filter(\.isBranch).map(\.path)) }

  private static func append(
    _ node: Node, depth: Int, prefix: String, path: String, _ folded: Set<String>, to lines: inout [Line]
  ) {
    for child in node.children {
      let label = prefix + child.name
      let childPath = path + "/" + child.name
      // A group of one group is on its line.
      if child.tensor == nil, child.children.count == 1, child.children[0].tensor == nil {
        append(child, depth: depth, prefix: label + "/", path: childPath, folded, to: &lines)
        continue
      }
      lines.append(
        Line(
          depth: depth, label: label, path: childPath, tensor: child.tensor, tensorCount: child.tensorCount,
          byteCount: child.byteCount))
      if child.tensor == nil, !folded.contains(childPath) {
        append(child, depth: depth + 1, prefix: "", path: childPath, folded, to: &lines)
      }
    }
  }
}
