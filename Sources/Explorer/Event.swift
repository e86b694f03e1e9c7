import Inspection
import TUI
import Traces

/// What happens to the explorer; the program's loop feeds these to `update` one at a time, in order.
///
/// A *generation* names the run that an answer belongs to. Every command that asks the engine for something carries
/// one, its answer carries the same, and an answer of another generation than `State.generation` is dropped: what the
/// user asked for last always wins, however late an older answer comes.
public enum Event: Sendable, Equatable {
  case terminal(TerminalEvent)
  /// A model is ready. `sentence` goes into the source line; `update` answers with `Command.decode`.
  case opened(ModelSummary, sentence: String)
  /// The one answer to `decode`, `step`, `jump`, `intervene`, `search` and `cancel`: everything decoded so far.
  case traced(AttentionTrace, generation: Int)
  /// The other answer: it could not be done, and why, in one line. Without a generation it is always shown.
  case failed(String, generation: Int?)
  /// A long job is under way, e.g. "opening opus-mt-en-fr"; `fraction` is 0 to 1 where it is known. Ends with the next
  /// `opened`, `traced` or `failed`.
  case progress(String, fraction: Double?)
  /// What an engine beside the first says; dropped if its generation is not that of its last request.
  case beside(slot: Int, BesideEvent, generation: Int)
  /// The snapshots of the run that the open model belongs to; nil for a model that is none. After `opened`, and as the answer
  /// to `listSnapshots`.
  case snapshots(Snapshots?)
  /// The answer to `Command.work`.
  case worked(Worked)
  /// The answer to `Command.tokens`.
  case tokens([Token], TokenQuery, generation: Int)
  /// The answer to `Command.workThrough`.
  case working(AttentionWorking, generation: Int)
  /// The answer to `Command.compare`.
  case compared(TraceDifference, generation: Int)
  /// The answer to `Command.file` of the same job.
  case file(FileAnswer, job: Int)
  /// How far a job has come, 0 to 1.
  case jobProgress(Double, job: Int)
  /// The checkpoint that was to be opened is no model, and why: its tensors are all there is to see.
  case onlyTensors(CheckpointSummary, reason: String)
  /// A saved session; its model and sentence follow as `opened`. `file` is where it came from.
  case restored(SavedSession, file: String)
  /// The answer to `Command.wait`.
  case tick(generation: Int)
}

/// What the explorer asks of the program's loop: data, so that a test of `update` compares arrays.
///
/// The engine carries out its commands one after the other; each of them is answered by exactly one `Event.traced` or
/// `Event.failed` of the same generation, but for the questions `tokens`, `compare` and `workThrough`, which have answers of their
/// own and none once a later request has overtaken them.
public enum Command: Sendable, Equatable {
  /// Start a new decode of `text`: encode the source and decode no token yet.
  case decode(text: String, generation: Int)
  /// Decode one more token. A decode that has ended answers with its trace as it is.
  case step(generation: Int)
  /// Go back (or on) to the moment where `steps` tokens have been decoded.
  case jump(steps: Int, generation: Int)
  /// Replace all interventions, and decode anew from the first step that they change as far as the decode had come.
  case intervene([Intervention], generation: Int)
  /// Decode to the end with a beam search of this width and length penalty, from the first step on.
  case search(width: Int, lengthPenalty: Float, generation: Int)
  /// Say what the interventions did, compared with the same decode under these.
  case compare(with: [Intervention], generation: Int)
  /// Look something up in the target vocabulary.
  case tokens(TokenQuery, generation: Int)
  /// Work through one row of a head's attention.
  case workThrough(HeadAddress, row: Int, generation: Int)
  /// Put the parameters of another snapshot under the decode: open `path`, decode `text` as far, to its end for nil, and
  /// answer with the trace.
  case reopen(path: String, text: String, steps: Int?, generation: Int)
  /// Ask the engine of a decode beside the first, which has generations of its own.
  case beside(slot: Int, BesideCommand, generation: Int)
  /// Make something beside the interface: call `carryOut` on another thread and take in the event that it gives.
  case work(Work)
  /// Look again what snapshots a run has; answered by `Event.snapshots`.
  case listSnapshots(run: String)
  /// Give up what is still being worked on, and answer with what there is.
  case cancel(generation: Int)
  /// Work on files, beside everything else; answered by `Event.file` of the same job unless that is stopped.
  case file(FileRequest, job: Int)
  /// Nobody waits for this job any more.
  case stopJob(Int)
  /// Put the model that this job has opened in the place of the one in use.
  case use(job: Int)
  /// Send `Event.tick` of this generation after so many milliseconds; for `0` at once.
  case wait(milliseconds: Int, generation: Int)
  /// Draw everything anew (the terminal may show something else).
  case redraw
  /// Stop the program as Ctrl-Z does, where the terminal has not done so itself.
  case suspend
  case quit
}

/// An opened model, as far as the explorer needs to know it.
public struct ModelSummary: Sendable, Equatable {
  public var model: AttentionTrace.Model
  /// Where the model has attention; empty for one without any.
  public var attention: [AttentionLayout]

  public init(model: AttentionTrace.Model, attention: [AttentionLayout]) {
    self.model = model
    self.attention = attention
  }
}
