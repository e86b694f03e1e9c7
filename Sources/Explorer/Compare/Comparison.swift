import Traces

/// What stands beside the decode: other models, snapshots or sentences, each decoded as far as the first.
struct Comparison: Sendable, Equatable {
  /// More could not be told apart side by side.
  static let mostOthers = 3

  var others: [Other] = []
  /// Whose heads and snapshots the keys change: 0 is the first decode, then come the others.
  var focus = 0
  /// The other that the difference is taken with.
  var chosen = 0
  var shows = Shows.all
  /// Rows that the cursor is below the last one of the first decode, where another is longer.
  var beyond = 0
  /// The next engine's number.
  var nextSlot = 0

  enum Shows: Sendable, CaseIterable {
    /// As many as there is room for.
    case all
    case difference
    case pictures
  }

  /// One decode beside the first.
  struct Other: Sendable, Equatable {
    /// Names its engine to the program's loop.
    let slot: Int
    var subject: Subject
    /// Of its last request; answers of older ones are dropped.
    var generation = 0
    var model: ModelSummary?
    var decode = Decode()
    /// Why there is nothing to show.
    var failure: String?
    var snapshots: Snapshots?
    /// Whether its head is that of the first decode, as far as it has the same layers and heads.
    var followsHead = true
    /// What was asked of its engine last.
    var askedModel: String?
    var askedText: String?
    /// nil is to the end.
    var askedSteps: Int? = 0
    var isWaiting = false
    var difference: Difference?
    /// Its chart in bins, where it is seen from far.
    var drawnDifference: Chart?
    var differenceKey: [Int] = []
  }

  enum Subject: Sendable, Equatable {
    /// A model by its name or path, with the sentence of the first.
    case model(String)
    /// Another sentence, with the model of the first.
    case sentence(String)
  }

  var current: Other? { others.indices.contains(chosen) ? others[chosen] : nil }
}

extension Comparison.Other {
  /// What stands above it.
  var name: String {
    switch subject {
    case .model(let name): model?.model.name ?? name
    case .sentence(let text): "“\(text)”"
    }
  }
}

/// What a training run has left that can be opened, oldest first.
public struct Snapshots: Sendable, Equatable {
  public struct Entry: Sendable, Equatable {
    public var label: String
    public var path: String

    public init(label: String, path: String) {
      (self.label, self.path) = (label, path)
    }
  }

  /// The run's folder.
  public var run: String
  public var entries: [Entry]
  /// The one that is open.
  public var index: Int
  /// Where the cursor was when the snapshots began to pass by: shorter decodes among them do not move it for good.
  var cursor: Cursor?

  /// - Parameter index: is brought into the range of `entries`.
  public init(run: String, entries: [Entry], index: Int) {
    self.run = run
    self.entries = entries
    self.index = min(max(0, index), max(0, entries.count - 1))
  }

  /// `epoch 3 (3 of 12)`.
  var position: String {
    entries.indices.contains(index) ? "\(entries[index].label) (\(index + 1) of \(entries.count))" : ""
  }
}

/// What is asked of the engine of a decode beside the first.
public enum BesideCommand: Sendable, Equatable {
  /// Open a model by its name or path.
  case open(model: String)
  case decode(text: String)
  /// Go back or on to where so many tokens have been decoded; `Int.max` is to the end.
  case jump(steps: Int)
  /// Nothing will be asked of it any more.
  case close
}

/// What such an engine answers.
public enum BesideEvent: Sendable, Equatable {
  case opened(ModelSummary, Snapshots?)
  case traced(AttentionTrace)
  /// Why not, in one line.
  case failed(String)
}
