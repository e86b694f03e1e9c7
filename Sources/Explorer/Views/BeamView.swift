import TUI
import Traces

/// What a beam search considered, along the way that won: under each step the branches that were dropped there.
struct BeamList {
  struct Line: Equatable {
    let step: Int
    let node: Int
    /// The branch's tokens as far as its most probable continuations go, the first of them at this step.
    let text: String
    let isBest: Bool
  }

  let lines: [Line]

  init(_ tree: BeamTree) {
    // Children by parent, since asking the tree for each node's would go through all nodes each time.
    var children: [Int?: [Int]] = [:]
    for index in tree.nodes.indices { children[tree.nodes[index].parent, default: []].append(index) }
    func best(_ nodes: [Int]) -> Int? {
      nodes.max { tree.nodes[$0].cumulative < tree.nodes[$1].cumulative }
    }
    var lines: [Line] = []
    var parent: Int?
    while let here = children[parent], let winner = here.first(where: { tree.nodes[$0].fate == .best }) {
      let node = tree.nodes[winner]
      lines.append(Line(step: node.step, node: winner, text: node.token.surface, isBest: true))
      for rival in here.filter({ $0 != winner }).sorted(by: { tree.nodes[$0].cumulative > tree.nodes[$1].cumulative }) {
        var words: [String] = []
        var next: Int? = rival
        while let current = next {
          words.append(tree.nodes[current].token.surface)
          next = children[current].flatMap { best($0) }
        }
        lines.append(Line(step: node.step, node: rival, text: words.joined(separator: " "), isBest: false))
      }
      parent = winner
    }
    self.lines = lines
  }
}

extension Painter {
  mutating func drawBeam(_ tree: BeamTree, in area: Rect) {
    var (heading, list) = area.splitTop(1)
    let width = "beam of \(tree.width)"
    let penalty = "length penalty \(Numbers.fixed(tree.lengthPenalty, 1))"
    let text = fitting(
      [width, penalty, "log-probability of each token, and how its branch ended"], in: heading.columns)
    draw([(text, theme.quiet)], in: heading)
    list = drawHypotheses(tree, in: list)
    let lines = BeamList(tree).lines
    let current = lines.firstIndex { $0.isBest && $0.step == state.cursor.step } ?? 0
    var window = ScrollWindow(first: current - list.rows / 2)
    for (offset, index) in window.show(current, of: lines.count, visible: list.rows).enumerated() {
      drawBranch(lines[index], tree, isCurrent: index == current, in: list.splitTop(offset).rest)
    }
  }

  /// What came to an end, best first, as far as there is room; returns what is left of it.
  private mutating func drawHypotheses(_ tree: BeamTree, in area: Rect) -> Rect {
    let count = min(tree.hypotheses.count, max(1, area.rows / 5))
    for (line, hypothesis) in tree.hypotheses.prefix(count).enumerated() {
      let score = "  score \(Numbers.fixed(hypothesis.score, 3))"
      let ending = hypothesis.ending == .endToken ? "" : ", cut off"
      let room = area.columns - score.displayWidth - ending.displayWidth - 5
      let words = hypothesis.text.truncated(to: max(6, room))
      draw(
        [
          (Numbers.ordinal(line + 1).rightAligned(4) + " ", theme.quiet),
          (words, line == 0 ? theme.strong : theme.text),
          (score + ending, theme.quiet),
        ], in: area.splitTop(line).rest)
    }
    return area.splitTop(count).rest
  }

  private mutating func drawBranch(_ line: BeamList.Line, _ tree: BeamTree, isCurrent: Bool, in area: Rect) {
    let node = tree.nodes[line.node]
    let number = Numbers.fixed(node.logProbability, 2).rightAligned(7)
    let fate: String =
      switch node.fate {
      case .best: ""
      case .finished: "  came to an end, scored less"
      case .open: "  still in the beam"
      case .pruned: node.droppedAt.map { "  dropped at step \($0 + 1)" } ?? "  dropped"
      }
    let head: [Piece] =
      line.isBest
      ? [(isCurrent ? "▶" : " ", theme.accent), (String(line.step + 1).rightAligned(3) + "  ", theme.quiet)]
      : [("        └ ", theme.frame)]
    let used = head.reduce(0) { $0 + $1.text.displayWidth } + number.displayWidth
    let text = line.text.truncated(to: max(6, area.columns - used - fate.displayWidth))
    let style = line.isBest ? self.style(of: node.token, isCurrent: isCurrent) : theme.text
    draw(head + [(text, style), (number, theme.quiet), (fate, theme.quiet)], in: area)
  }
}
