import Traces

/// What the command line can put beside the decode.
extension LongCommand {
  static let comparisons: [LongCommand] = [
    LongCommand(name: "compare", argument: "MODEL", help: "A second model, run or snapshot beside this one") { state in
      state.knownModels + state.snapshotLabels
    } run: { state, name in
      try state.compare(with: .model(state.snapshotPath(name) ?? name))
    },
    LongCommand(name: "compare-sentence", argument: "TEXT", help: "Another sentence beside this one") { _ in
      []
    } run: { state, text in
      try state.compare(with: .sentence(text))
    },
    LongCommand(name: "snapshot", argument: "epoch-1", help: "Another snapshot of the run that is open") { state in
      state.snapshotLabels
    } run: { state, name in
      guard let snapshots = state.snapshots else {
        throw CommandError(text: "no snapshots here: open the folder of a training run, heed runs/NAME")
      }
      guard let index = state.snapshotLabels.firstIndex(of: name) else {
        throw CommandError(text: "no snapshot \(name): there are " + state.snapshotLabels.joined(separator: ", "))
      }
      return state.scrub(by: index - snapshots.index)
    },
  ]
}

extension State {
  /// The snapshots of the run that is open, as the command line calls them: `epoch-3`.
  fileprivate var snapshotLabels: [String] {
    (snapshots?.entries ?? []).map { $0.label.split(separator: " ").joined(separator: "-") }
  }

  fileprivate func snapshotPath(_ name: String) -> String? {
    snapshotLabels.firstIndex(of: name).flatMap { snapshots?.entries[$0].path }
  }
}
