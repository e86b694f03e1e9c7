import TUI
import Traces

/// Commands that read and write files.
extension LongCommand {
  static let files: [LongCommand] = [
    LongCommand(name: "open", argument: "PATH", help: "Open another model; the sentence stays") { state in
      state.knownModels
    } run: { state, path in
      state.openModel(path)
    },
    writing("save", "Keep this session; heed explore FILE comes back", isOptional: true) { state, file, replaces in
      try state.save(to: file, replaces: replaces)
    },
    writing("save!", "The same over a file that is there", isOptional: true) { state, file, replaces in
      try state.save(to: file, replaces: replaces)
    },
    writing("export", "What is shown: .png .svg .pdf .html .ansi .txt .csv .json .npz") { state, file, replaces in
      try state.export(to: file, replaces: replaces)
    },
    writing("export!", "The same over a file that is there") { state, file, replaces in
      try state.export(to: file, replaces: replaces)
    },
    withoutArgument("write-config", "Keep settings and keys in the settings file") { state in
      state.writeConfiguration(replaces: false)
    },
    withoutArgument("write-config!", "The same over a file of your own") { state in
      state.writeConfiguration(replaces: true)
    },
  ]

  /// Names whose argument is a path, or can be one.
  static let paths: Set = ["open", "compare", "save", "save!", "export", "export!"]

  private static func writing(
    _ name: String, _ help: String, isOptional: Bool = false,
    run: @escaping @Sendable (inout State, String, Bool) throws -> [Command]
  ) -> LongCommand {
    LongCommand(
      name: name, argument: isOptional ? "[FILE]" : "FILE", help: help, takes: isOptional ? .optional : .needed
    ) {
      _ in
      []
    } run: { state, file in
      try run(&state, file, name.hasSuffix("!"))
    }
  }

  private static func withoutArgument(
    _ name: String, _ help: String, run: @escaping @Sendable (inout State) throws -> [Command]
  ) -> LongCommand {
    LongCommand(name: name, argument: "", help: help, takes: .nothing) { _ in
      []
    } run: { state, _ in
      try run(&state)
    }
  }
}

extension State {
  mutating func save(to file: String, replaces: Bool) throws -> [Command] {
    guard let session else { throw CommandError(text: "no model is open, so there is no session to save") }
    let file = file.isEmpty ? sessionFile : try Self.sessionName(file)
    // The file that this session came from may be written again without a question.
    let isOwn = file != nil && file == sessionFile
    return ask(.writing, .save(session, file: file, replaces: replaces || isOwn), label: "saving the session")
  }

  /// By its ending a session is told from a model, so a name without one gets it.
  private static func sessionName(_ file: String) throws -> String {
    let name = lastName(of: file)
    guard !file.hasSuffix("/") else { throw CommandError(text: "\(file): is a folder; give the name of a file") }
    guard let dot = name.dropFirst().lastIndex(of: ".") else { return file + ".yaml" }
    guard ["yaml", "yml"].contains(name[dot...].dropFirst().lowercased()) else {
      throw CommandError(text: "\(name): a session's name ends in .yaml, so that heed explore knows it")
    }
    return file
  }

  mutating func writeConfiguration(replaces: Bool) -> [Command] {
    ask(.writing, .writeConfiguration(settings, keys, replaces: replaces), label: "writing the settings")
  }

  /// What is selected, as it is drawn.
  mutating func export(to file: String, replaces: Bool) throws -> [Command] {
    guard picture.view != .tensors else {
      let (matrix, heads) = (keyName(.matrixView), keyName(.headsView))
      throw CommandError(text: "export draws attention, not tensors: \(matrix) or \(heads) goes to it")
    }
    let decode = exportedDecode
    guard let trace = decode.shown == .before ? decode.comparison?.before ?? decode.trace : decode.trace else {
      throw CommandError(text: "nothing is decoded yet, so there is nothing to export")
    }
    guard decode.shown != .difference || decode.comparison == nil || picture.view != .matrix else {
      throw CommandError(
        text: "a difference is no run of the model: \(keyName(.difference)) goes on to one that can be exported")
    }
    var request = FigureRequest(
      file: file, replaces: replaces, trace: trace, site: decode.head?.site, layer: decode.head?.layer,
      head: decode.head?.head, arrangement: picture.view == .heads ? .grid : .head, settings: settings)
    switch decode.head?.extent {
    case .head?, nil: break
    case .layer?: request.arrangement = .mean
    case .all?: (request.arrangement, request.layer) = (.mean, nil)
    case .rollout?, .flow?:
      throw CommandError(
        text: "\(headName) is no head of the model: \(keyName(.pathways)) or \(keyName(.meanHeads)) goes to one")
    }
    if request.arrangement == .grid { request.layer = nil }
    if request.arrangement != .head { request.head = nil }
    return ask(.writing, .export(request), label: "drawing \(Self.lastName(of: file))")
  }

  /// Side by side it is the one that the keys of heads change.
  private var exportedDecode: Decode {
    guard picture.view == .comparison, let comparison, comparison.focus > 0 else { return decode }
    return beside(comparison.focus - 1)?.decode ?? decode
  }

  // MARK: What became of it

  mutating func hasWritten(_ file: String) {
    if case .save(let session, _, _)? = writing {
      sessionFile = file
      saved = session.interventions
    }
    writing = nil
    notice = Notice(kind: .information, text: "written: \(file)")
  }

  /// The file is there: asks, and does the same again with the answer.
  mutating func askToReplace(_ file: String) {
    guard let request = writing else { return }
    let again: FileRequest? =
      switch request {
      case .save(let session, _, _): .save(session, file: file, replaces: true)
      case .writeConfiguration(let settings, let keys, _): .writeConfiguration(settings, keys, replaces: true)
      case .export(var figure):
        {
          figure.replaces = true
          return .export(figure)
        }()
      default: nil
      }
    guard let again else { return }
    question = Question(
      text: "\(file) is there already. Replace it?", yes: .write(again, label: "writing \(Self.lastName(of: file))"))
  }

  // MARK: Completing paths

  /// Asks for the paths that begin as what is typed; nil where the command takes none.
  mutating func completePath(of line: String) -> [Command]? {
    guard let space = line.firstIndex(of: " "), LongCommand.paths.contains(String(line[..<space])) else { return nil }
    return ask(.completing, .complete(String(line[line.index(after: space)...])))
  }

  /// Paths that begin as what is typed, once they are known; before them the names that the command knows.
  mutating func complete(with paths: [String]) {
    guard let prompt, prompt.kind == .command, let space = prompt.editor.text.firstIndex(of: " ") else { return }
    let line = prompt.editor.text
    // Meanwhile something else may have been typed.
    complete(from: completions(of: line) + paths.map { line[...space] + $0 }.filter { $0.hasPrefix(line) })
  }
}
