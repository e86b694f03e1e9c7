import ArgumentParser
import Engine
import Foundation
import Models
import TUI

/// `heed models`: what there is to open.
struct ListModels: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List the models that are found, with their size and place.",
    discussion: """
      Looked through are the folders of $HEED_MODELS, those beside the program, and $XDG_DATA_HOME/heed/models.

      EXAMPLE
        HEED_MODELS=~/runs heed models
      """)

  func run() throws {
    let locator = ModelLocator.ofThisProgram
    let paths = locator.all()
    guard !paths.isEmpty else {
      throw EngineError("no model found; looked in \(locator.folders.joined(separator: ", ")); set HEED_MODELS")
    }
    let lines = paths.compactMap(Self.line)
    let widths = (0..<3).map { column in lines.map { $0[column].displayWidth }.max() ?? 0 }
    for line in lines {
      let cells = zip(line, widths).map { $0 + String(repeating: " ", count: $1 - $0.displayWidth) }
      try StandardOutput.write((cells + [line[3]]).joined(separator: "  ") + "\n")
    }
    if lines.count < paths.count { throw ExitCode.failure }
  }

  /// Name, summary, size and place; nil, and a word about it, for a model that cannot be read.
  private static func line(_ path: String) -> [String]? {
    do {
      let model = try ModelFolder(path: path).description
      return [model.name, model.summary, size(of: path), path]
    } catch {
      StandardError.write("heed: \(error)")
      return nil
    }
  }

  /// Of all files in the folder, in units of a million bytes.
  private static func size(of folder: String) -> String {
    let files = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    let bytes = files.reduce(0) { sum, file in
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(file)")
      return sum + ((attributes?[.size] as? Int) ?? 0)
    }
    let tenths = (bytes + 50_000) / 100_000
    return "\(tenths / 10).\(tenths % 10) MB"
  }
}
