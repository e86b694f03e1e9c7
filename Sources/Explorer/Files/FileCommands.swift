import TUI
import Traces

/// Commands that read and write files.
extension LongCommand {
  static let files: [LongCommand] = [
    LongCommand(name: "open", argument: "PATH", help: "Open another model; the sentence stays") { _ in
      []
    } run: { state, path in
      state.openModel(path)
    },
    writing("save", "Keep this session; heed explore FILE comes back", isOptional: true) { state, file, replaces in
      try state.save(to: file, replaces: replaces)
    },
    writing("save!", "The same over a file that is there", isOptional: true) { state, file, replaces in
      try state.save(to: file, replaces: replaces)
    },
    writing("export", "What is shown: .png .svg .pdf .html .ansi .csv …") { state, file, replaces in
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

  /// Names whose argument is a path, and whether models' names are among them.
  static let paths = ["open": true, "save": false, "save!": false, "export": false, "export!": false]

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
    return ask(
      .writing, .save(session, file: file.isEmpty ? sessionFile : file, replaces: replaces || isOwnFile(file)),
      label: "saving the session")
  }

  /// Whether a file is the one that this session came from, which may be written again without a question.
  private func isOwnFile(_ file: String) -> Bool { sessionFile != nil && (file.isEmpty || file == sessionFile) }

  mutating func writeConfiguration(replaces: Bool) -> [Command] {
    ask(.writing, .writeConfiguration(settings, keys, replaces: replaces), label: "writing the settings")
  }

  /// What is selected, as it is drawn.
  mutating func export(to file: String, replaces: Bool) throws -> [Command] {
    guard let trace = decode.trace else {
      throw CommandError(text: "nothing is decoded yet, so there is nothing to export")
    }
    guard picture.view != .tensors else {
      throw CommandError(text: "tensors are exported by heed convert; here export draws attention: press 1 first")
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
    guard let space = line.firstIndex(of: " "), let models = LongCommand.paths[String(line[..<space])] else {
      return nil
    }
    return ask(.completing, .complete(String(line[line.index(after: space)...]), models: models))
  }

  /// Paths that begin as what is typed, once they are known.
  mutating func complete(with paths: [String]) {
    guard let prompt, prompt.kind == .command, let space = prompt.editor.text.firstIndex(of: " ") else { return }
    let name = prompt.editor.text[...space]
    complete(from: paths.map { name + $0 })
  }
}
