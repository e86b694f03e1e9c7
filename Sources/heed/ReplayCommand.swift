import ArgumentParser
import Checkpoints
import Explorer
import Figures
import Foundation
import TUI
import UserFiles

/// `heed replay`: the explorer without a terminal.
struct Replay: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run keys in the explorer without a terminal and print the screen, or draw it.",
    discussion: """
      A script is a text file: keys in order, a character for itself and other keys by their names in angle brackets, as \
      ? shows them: <Space>, <Enter>, <Esc>, <Left>, <PageDown>, <Ctrl-r> or <C-r>, <Alt-f>; <<> is the key <. Line \
      ends and blanks around a line mean nothing, # begins a comment. :resize 60x50, :click 10,4 (column, row, from 0), \
      :paste TEXT and :screen (print the screen here too), each on a line of its own, are no keys. Each key waits until \
      all that the one before has asked for is done. Settings come from the session, not from the settings file.

      EXAMPLES
        heed replay session.yaml --script keys.txt
        heed replay en-fr-bahdanau --keys "<Space><Space>3" --size 120x40 --color truecolor
        heed replay en-fr-transformer --keys r2 --size 120x40 -o heads.png
      """)

  @Argument(help: "A session that :save has written, or a model: a folder or a name.")
  var session: String

  @Option(
    help: ArgumentHelp("The script; - is standard input.", valueName: "file"), completion: .file())
  var script: String?

  @Option(help: ArgumentHelp("A script of one line.", valueName: "keys"))
  var keys: String?

  @Option(help: ArgumentHelp("Columns and rows of the screen.", valueName: "size"))
  var size = WindowSize(size: Size(columns: 80, rows: 24))

  @Option(help: "Colours of the screen: none, 8, 16, 256 or truecolor; without any it is plain text.")
  var color = ColorChoice.none

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Draw the screen at the end as a picture: .png, .svg or .pdf.", valueName: "file"),
    completion: .file())
  var output: String?

  @Option(help: "What to begin with; that of the session or the model's example if not given.")
  var sentence: String?

  @OptionGroup var length: LengthOption
  @OptionGroup(title: "Models of other libraries") var opening: OpeningFlags

  func validate() throws {
    if script != nil, keys != nil { throw ValidationError("give --script or --keys, not both") }
    guard let output else { return }
    guard FigureFormat(fileName: output)?.isPicture == true else {
      throw ValidationError("\(output): a screen is drawn as .png, .svg or .pdf; without --output it is printed")
    }
    if color != .none { throw ValidationError("--color is for printed screens; a picture has all colours") }
  }

  func run() throws {
    let keys = try readScript()
    let start = try ExplorerProgram.Start(
      session, sentence: sentence, longestTarget: length.tokens, options: opening.options,
      configuration: Configuration())
    let display = Display(size: size.size, depth: output == nil ? color.depth : .trueColor, isUTF8: true)
    let folders = UserFolders(environment: ProcessInfo.processInfo.environment)
    let loop = ReplayLoop(start, display: display, folders: folders)
    // Screens on the way are printed, also where the last one is drawn.
    let last = try loop.run(keys, show: print)
    if let output, let format = FigureFormat(fileName: output) {
      try AtomicFile.write(try ScreenPicture().bytes(of: last, format: format), to: output)
    } else {
      try print(last)
    }
  }

  private func print(_ screen: Screen) throws {
    try StandardOutput.write(
      color == .none ? screen.text.joined(separator: "\n") + "\n" : screen.ansi(depth: color.depth))
  }

  private func readScript() throws -> KeyScript {
    do {
      if let keys { return try KeyScript(keys) }
      guard let script else { return KeyScript() }
      let file = script == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: script)
      guard let bytes = try file?.readToEnd() ?? (file == nil ? nil : Data()),
        let text = String(validating: bytes, as: UTF8.self)
      else { throw StreamError(description: "\(script): cannot be read as text; give a file of keys") }
      return try KeyScript(text)
    } catch let error as KeyNotationError {
      throw StreamError(description: "\(keys == nil ? script ?? "" : "--keys"): \(error)")
    }
  }
}

/// A window's size such as `120x40`.
struct WindowSize: ExpressibleByArgument {
  let size: Size

  init(size: Size) { self.size = size }

  init?(argument: String) {
    guard let size = Size(argument) else { return nil }
    self.size = size
  }

  var defaultValueDescription: String { "\(size.columns)x\(size.rows)" }
}

/// How many colours a printed screen has.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case none, truecolor
  case eight = "8"
  case sixteen = "16"
  case many = "256"

  var depth: ColorDepth {
    switch self {
    case .none: .none
    case .eight: .ansi8
    case .sixteen: .ansi16
    case .many: .indexed256
    case .truecolor: .trueColor
    }
  }
}
