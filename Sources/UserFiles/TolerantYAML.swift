import Foundation
import Yams

/// A mapping in YAML of which the lines that can be read are taken, and of the others is said why not.
struct TolerantYAML {
  /// Larger files are no settings.
  static let longest = 1 << 20
  /// A file in which more is wrong is given up.
  private static let mostProblems = 50

  private(set) var mapping: Node.Mapping?
  private(set) var problems: [Problem] = []

  struct Problem: Equatable {
    let line: Int?
    let text: String

    func text(in file: String) -> String { (line.map { "\(file):\($0)" } ?? file) + ": " + text }
  }

  init(_ text: String) {
    // Lines as the parser counts them.
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    while problems.count < Self.mostProblems {
      do {
        let node = try Yams.compose(yaml: lines.joined(separator: "\n"))
        guard let node else { return }
        guard let mapping = node.mapping else {
          problems.append(Problem(line: node.mark?.line, text: "expected settings as `name: value`, a line each"))
          return
        }
        self.mapping = mapping
        return
      } catch {
        let (line, text) = Self.place(of: error)
        problems.append(Problem(line: line, text: "is not valid YAML: \(text)"))
        // Without the line that cannot be read the rest may be: the one that is named, or what stands before it.
        guard let line, let wrong = lines.indices.last(where: { $0 < line && !lines[$0].allSatisfy(\.isWhitespace) })
        else { return }
        lines[wrong] = ""
      }
    }
  }

  private static func place(of error: any Error) -> (line: Int?, text: String) {
    switch error {
    case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
      YamlError.composer(_, let problem, let mark, _):
      return (mark.line, problem)
    case YamlError.duplicatedKeysInMapping(let duplicates, let context):
      return (context.mark.line, "stands twice: \(duplicates.map { "\($0)" }.joined(separator: ", "))")
    default: return (nil, "\(error)".split(whereSeparator: \.isNewline).joined(separator: " "))
    }
  }
}
