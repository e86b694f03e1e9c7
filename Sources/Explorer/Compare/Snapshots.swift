import TUI
import Traces

/// Going through the snapshots of a training run.
extension State {
  /// To the snapshot before or after: of the decode that has the focus, with sentence and cursor kept.
  mutating func scrub(by offset: Int) -> [Command] {
    if let focus = comparison?.focus, focus > 0, picture.view == .comparison {
      return scrubBeside(focus - 1, by: offset)
    }
    guard var snapshots else {
      notice = Notice(
        kind: .information, text: "no snapshots here: open the folder of a training run, heed runs/NAME")
      return []
    }
    let index = snapshots.index + offset
    guard snapshots.entries.indices.contains(index) else {
      notice = Notice(kind: .information, text: "no snapshot \(offset < 0 ? "before" : "after") this one")
      return [.listSnapshots(run: snapshots.run)]
    }
    snapshots.index = index
    snapshots.cursor = snapshots.cursor ?? cursor
    let entry = snapshots.entries[index]
    notice = Notice(kind: .information, text: snapshots.position)
    self.snapshots = snapshots
    guard decode.trace != nil else { return [] }
    decode.isRunning = false
    cursor.follows = false
    let steps = decode.hasEnded ? nil : decode.steps.count
    return [.reopen(path: entry.path, text: sentence.text, steps: steps, generation: renew())]
  }

  private mutating func scrubBeside(_ index: Int, by offset: Int) -> [Command] {
    guard var snapshots = comparison?.others[index].snapshots else {
      notice = Notice(kind: .information, text: "this one has no snapshots: :compare runs/NAME puts a run beside")
      return []
    }
    guard snapshots.entries.indices.contains(snapshots.index + offset) else {
      notice = Notice(kind: .information, text: "no snapshot \(offset < 0 ? "before" : "after") this one")
      return []
    }
    snapshots.index += offset
    notice = Notice(kind: .information, text: snapshots.position)
    comparison?.others[index].snapshots = snapshots
    comparison?.others[index].subject = .model(snapshots.entries[snapshots.index].path)
    return []
  }

  /// The run of the first decode as it is on disk now; the place stays on the entry that is open.
  mutating func take(_ found: Snapshots?) {
    guard var found else {
      snapshots = nil
      return
    }
    if let open = snapshots, open.run == found.run, open.entries.indices.contains(open.index),
      let index = found.entries.firstIndex(where: { $0.path == open.entries[open.index].path })
    {
      found.index = index
      found.cursor = open.cursor
    }
    snapshots = found
  }

  /// After the parameters have been changed under the decode: the model's name, and the cursor where it was.
  mutating func takeModel(of trace: AttentionTrace) {
    guard let known = model, known.model != trace.model else { return }
    model = ModelSummary(model: trace.model, attention: known.attention)
    guard let place = snapshots?.cursor else { return }
    cursor = place
    cursor.follows = false
  }
}
