import Inspection
import TUI

/// A checkpoint's tensors as they are looked at: the tree, what is folded, and the numbers of the one under the cursor.
struct Tensors: Sendable, Equatable {
  /// Bins along each side that are asked for: as many as the largest window shows, so that a resize reads nothing anew.
  static let mostBins = 512
  /// A tree of more lines begins folded.
  private static let longestUnfolded = 60

  /// nil as long as there is nothing to inspect.
  private(set) var path: String?
  private(set) var checkpoint: CheckpointSummary?
  private var tree = TensorTree([])
  /// Under the line of the checkpoint itself.
  private(set) var lines: [TensorTree.Line] = []
  private(set) var folded: Set<String> = []
  /// 0 for the checkpoint itself, then the lines of the tree.
  private(set) var line = 0
  /// The tensor to go to once the checkpoint is known.
  var wanted: String?
  /// Why the checkpoint cannot be read.
  var failure: String?

  /// By name; nil for a tensor whose single numbers cannot be read.
  var statistics: [String: TensorStatistics?] = [:]
  /// Whose numbers are being read.
  var measuring: String?
  /// Whose numbers are not to be read again, and why in a few words.
  var unread: [String: String] = [:]

  /// Whether the tensor under the cursor is looked at as a matrix.
  var isOpen = false
  /// The last part of a matrix that was read, and what it was asked for by.
  var tile: MatrixTile?
  var tileKey: TileKey?
  var reading: TileKey?
  /// The part that is looked at; nil for the whole matrix.
  var region: TileRequest?
  /// The number under the cursor, by its row and column in the whole matrix.
  var cell = Position(column: 0, row: 0)

  struct TileKey: Sendable, Equatable {
    var tensor: String
    var request: TileRequest
  }

  init(path: String? = nil) { self.path = path }

  var tensor: TensorSummary? {
    guard let index = treeLine?.tensor, let checkpoint, checkpoint.tensors.indices.contains(index) else { return nil }
    return checkpoint.tensors[index]
  }

  /// The line of the tree under the cursor; nil on the checkpoint itself.
  var treeLine: TensorTree.Line? { lines.indices.contains(line - 1) ? lines[line - 1] : nil }

  /// Lines that the cursor can stand on.
  var count: Int { checkpoint == nil ? 0 : lines.count + 1 }

  /// Which part of which tensor should be at hand.
  var wantedTile: TileKey? {
    guard let tensor, tensor.isNumeric, tensor.count > 0 else { return nil }
    return TileKey(tensor: tensor.name, request: region ?? TileRequest(most: Self.mostBins))
  }

  /// The numbers of the tensor under the cursor, as far as they were read; while another part is being read, the last one.
  var shownTile: MatrixTile? { tileKey?.tensor == tensor?.name ? tile : nil }

  mutating func show(_ checkpoint: CheckpointSummary) {
    self.checkpoint = checkpoint
    failure = nil
    tree = TensorTree(checkpoint.tensors)
    lines = tree.lines()
    if lines.count > Self.longestUnfolded { fold(tree.branches) }
    line = 0
    if let wanted, let place = tree.lines().first(where: { name(of: $0) == wanted }) { go(to: place) }
    wanted = nil
  }

  // MARK: Moving

  mutating func move(to line: Int) {
    let before = self.line
    self.line = max(0, min(count - 1, line))
    guard self.line != before else { return }
    leaveMatrix()
  }

  private mutating func leaveMatrix() {
    isOpen = false
    region = nil
    cell = Position(column: 0, row: 0)
  }

  /// Into a branch.
  mutating func goIn() {
    guard let here = treeLine, here.isBranch else { return }
    if folded.contains(here.path) { unfold([here.path]) } else { move(to: line + 1) }
  }

  /// Out of a branch: folds it, or goes to the one that it lies in.
  mutating func goOut() {
    guard let here = treeLine else { return }
    if here.isBranch, !folded.contains(here.path) { return fold([here.path]) }
    move(to: (lines[..<(line - 1)].lastIndex { $0.depth < here.depth } ?? -1) + 1)
  }

  mutating func toggle(_ path: String) {
    if folded.contains(path) { unfold([path]) } else { fold([path]) }
  }

  mutating func foldAll() { fold(tree.branches) }

  mutating func unfoldAll() { unfold(folded) }

  private mutating func fold(_ paths: Set<String>) { fold(to: folded.union(paths)) }

  private mutating func unfold(_ paths: Set<String>) { fold(to: folded.subtracting(paths)) }

  private mutating func fold(to paths: Set<String>) {
    let here = treeLine?.path
    folded = paths
    lines = tree.lines(folded: folded)
    go(to: here)
  }

  /// Back to a line by its path, or to the branch that it has disappeared into.
  private mutating func go(to path: String?) {
    guard let path else {
      line = min(line, lines.count)
      return
    }
    if let place = lines.firstIndex(where: { $0.path == path }) {
      line = place + 1
      return
    }
    let branch = lines.lastIndex { path.hasPrefix($0.path + "/") }
    line = branch.map { $0 + 1 } ?? 0
    leaveMatrix()
  }

  // MARK: Finding

  /// Goes to the next tensor with a text in its name, or the one before, round and round; unfolds what it lies in.
  ///
  /// - Returns: which of how many it is; nil if there is none.
  mutating func find(_ text: String, by offset: Int) -> (number: Int, count: Int)? {
    let all = tree.lines()
    let wanted = text.lowercased()
    let hits = all.indices.filter { index in
      name(of: all[index])?.lowercased().contains(wanted) ?? false
    }
    guard !hits.isEmpty else { return nil }
    // Where the cursor stands in the tree with nothing folded.
    let here = treeLine.flatMap { line in all.firstIndex { $0.path == line.path } } ?? -1
    let found =
      offset > 0 ? hits.first { $0 > here } ?? hits[0] : hits.last { $0 < here } ?? hits[hits.count - 1]
    go(to: all[found])
    return ((hits.firstIndex(of: found) ?? 0) + 1, hits.count)
  }

  /// The tensor on a line of the tree.
  private func name(of line: TensorTree.Line) -> String? { line.tensor.flatMap { checkpoint?.tensors[$0].name } }

  /// To a line that may be folded away.
  private mutating func go(to line: TensorTree.Line) {
    unfold(folded.filter { line.path.hasPrefix($0 + "/") })
    if let place = lines.firstIndex(where: { $0.path == line.path && $0.tensor == line.tensor }) { move(to: place + 1) }
  }
}
