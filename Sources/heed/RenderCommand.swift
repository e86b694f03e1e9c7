import ArgumentParser
import Checkpoints
import Engine
import Figures
import Foundation
import Models
import TUI
import Traces

/// `heed render`: a sentence's attention as a file.
struct Render: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw attention as a picture, a page, or a file of numbers.",
    discussion: """
      The file's ending chooses the format: .png, .svg and .pdf for a paper, .html for a page to look around in, .ansi and \
      .txt for text, .csv, .json and .npz (NumPy) for numbers. A file that is there is replaced at once.

      EXAMPLES
        heed render en-fr-bahdanau "The green apple is good." -o apple.pdf
        heed render en-fr-bahdanau "The green apple is good." -o apple.png --width 90mm --values --title "Bahdanau"
        heed trace en-fr-bahdanau "I see." --format json | heed render --trace - -o see.html
      """)

  @Argument(help: "A model folder, or a name that heed models lists.")
  var model: String?

  @Argument(help: "The sentence to decode.")
  var sentence: String?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Where to write; - is standard output.", valueName: "file"),
    completion: .file())
  var output: String

  @Option(help: "png, svg, pdf, html, ansi, text, csv, json or npz; the file's ending if not given.")
  var format: FigureFormat?

  @Option(
    help: ArgumentHelp("Draw a trace that heed trace wrote as JSON; no model is needed.", valueName: "file"),
    completion: .file(extensions: ["json", "jsonl"]))
  var trace: String?

  @Option(help: ArgumentHelp("The line of --trace to draw, where it holds several sentences.", valueName: "number"))
  var line: Int?

  @OptionGroup var length: LengthOption
  @OptionGroup(title: "What is drawn") var heads: HeadOptions
  @OptionGroup(title: "How it is drawn") var look: LookOptions
  @OptionGroup(title: "Models of other libraries") var opening: OpeningFlags

  func validate() throws {
    if (trace == nil) == (model == nil) { throw ValidationError("give a model and a sentence, or --trace") }
    if model != nil && sentence == nil { throw ValidationError("give a sentence") }
    if trace == nil && line != nil { throw ValidationError("--line needs --trace") }
    if trace != nil && length.tokens != nil { throw ValidationError("--max-length needs a model") }
    if let line, line < 1 { throw ValidationError("--line counts from 1") }
    guard let format = chosenFormat else {
      throw ValidationError(
        output == "-"
          ? "standard output needs --format" : "\(output) says no format; end it in .png, .pdf … or give --format")
    }
    if !format.showsChosenHeads && heads.isUsed {
      throw ValidationError("--site, --layer, --head, --mean and --grid are for pictures and pages")
    }
    if output == "-" && StandardOutput.isTerminal && [.png, .pdf, .npz].contains(format) {
      throw ValidationError("\(format.rawValue) is no text for a terminal; give -o a file")
    }
  }

  private var chosenFormat: FigureFormat? { format ?? FigureFormat(fileName: output) }

  func run() throws {
    guard let format = chosenFormat else { return }
    let bytes = try recorded().figure(format, heads: heads.request, style: look.style)
    if output == "-" {
      try StandardOutput.write(bytes)
    } else {
      try AtomicFile.write(bytes, to: output)
    }
  }

  private func recorded() throws -> AttentionTrace {
    if let trace { return try SavedTraceFile(path: trace).trace(line: line) }
    let folder = try opening.open(model)
    var session = try folder.session(sentence ?? "", maximumLength: length.tokens)
    session.run()
    return session.trace
  }
}

/// A file of traces, one a line, or of a single one; `-` is standard input.
private struct SavedTraceFile {
  let path: String

  func trace(line: Int?) throws -> AttentionTrace {
    let bytes = try bytes()
    do {
      guard let line else { return try SavedTrace.read(bytes) }
      let lines = bytes.split(separator: UInt8(ascii: "\n"))
      guard line <= lines.count else { throw StreamError(description: "there are \(lines.count) lines, not \(line)") }
      return try SavedTrace.read(lines[line - 1])
    } catch {
      throw StreamError(description: "\(path == "-" ? "standard input" : path): \(error)")
    }
  }

  private func bytes() throws -> Data {
    do {
      let file = path == "-" ? FileHandle.standardInput : try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      return try file.readToEnd() ?? Data()
    } catch {
      throw StreamError(description: "\(path): cannot be read; give a file that heed trace --format json wrote")
    }
  }
}
