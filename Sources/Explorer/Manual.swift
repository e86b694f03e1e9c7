import Foundation
import TUI

/// The explorer's part of the manual page, made from the table of keys and the list of commands.
public enum Manual {
  /// From `.Ss Keys of the explorer` on, in mdoc (mandoc's and groff's language for manual pages), with a line end.
  public static var keys: String {
    var lines = [".Ss Keys of the explorer"]
    for group in Binding.Group.allCases {
      lines += [".Pp", group.rawValue + ":"]
      let bindings = KeyTable.bindings.filter { $0.group == group }
      lines += list(bindings.map { ($0.keys.map { name($0) }.joined(separator: " "), $0.help) })
    }
    lines += [".Ss Commands of the explorer", ".Pp"]
    lines.append("After a colon any of these names, and with their argument:")
    lines += list(
      LongCommand.all.map { command in
        (name(command.name) + (command.argument.isEmpty ? "" : " Ar " + text(command.argument)), command.help)
      })
    lines += [".Pp", "And what keys do, by name:"]
    lines += list(KeyTable.named.map { (name($0.action.rawValue), $0.help) })
    return lines.joined(separator: "\n") + "\n"
  }

  private static func list(_ items: [(term: String, text: String)]) -> [String] {
    [".Bl -tag -width Ds -compact"] + items.flatMap { [".It Cm " + $0.term, text($0.text)] } + [".El"]
  }

  private static func name(_ keys: [Key]) -> String { name(KeyName(glyphs: Glyphs(isUTF8: false))(keys)) }

  /// A word that is taken as it is, though it may be a delimiter or a macro.
  private static func name(_ word: String) -> String { "\\&" + text(word) }

  private static func text(_ text: String) -> String {
    text.replacingOccurrences(of: "\\", with: "\\e").replacingOccurrences(of: "-", with: "\\-")
  }
}
