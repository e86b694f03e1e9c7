import Inspection
import Traces

/// Work on files that the program's loop does beside the interface. Each request goes out under the number of a job, and
/// its one answer comes back under the same.
public enum FileRequest: Sendable, Equatable {
  /// Open a model and keep it ready; the one that is in use stays so until `Command.use`.
  case open(path: String)
  /// What can be opened: the places to begin with for nil, or what lies in a folder.
  case list(folder: String?)
  /// Every path that begins so.
  case complete(String)
  /// What the headers of a checkpoint say.
  case inspect(path: String)
  /// What the numbers of a tensor are like.
  case measure(path: String, tensor: String)
  /// A part of a tensor's numbers.
  case tile(path: String, tensor: String, TileRequest)
  case export(FigureRequest)
  /// nil for the file to which a session goes if nobody says otherwise.
  case save(SavedSession, file: String?, replaces: Bool)
  case writeConfiguration(Settings, KeyMap, replaces: Bool)
}

/// What became of a `FileRequest`.
public enum FileAnswer: Sendable, Equatable {
  case opened(ModelSummary, example: String)
  case listed(FileListing)
  case completed([String])
  case inspected(CheckpointSummary)
  /// nil for numbers that cannot be read one by one.
  case measured(TensorStatistics?)
  case tile(MatrixTile?)
  case written(file: String)
  /// Nothing was written, since the file is there already and was not to be replaced.
  case exists(file: String)
  /// Why it could not be done, in one line.
  case failed(String)
}

/// What is to be drawn into a file: what is selected on the screen, as it is shown there.
public struct FigureRequest: Sendable, Equatable {
  public enum Arrangement: Sendable { case head, mean, grid }

  public var file: String
  /// Whether a file that is there already is replaced.
  public var replaces: Bool
  public var trace: AttentionTrace
  public var site: Site?
  /// nil for all layers.
  public var layer: Int?
  public var head: Int?
  public var arrangement: Arrangement
  public var settings: Settings
}

/// What can be opened from a place.
public struct FileListing: Sendable, Equatable {
  public enum Kind: Sendable, Hashable {
    /// A model that comes with the program, or that `HEED_MODELS` names.
    case sample
    /// Opened before.
    case recent
    /// Of the run that is open.
    case snapshot
    /// A folder that holds a model or a checkpoint.
    case model
    /// A file that may be a checkpoint.
    case file
    case folder
    /// The folder above.
    case parent
  }

  public struct Entry: Sendable, Equatable {
    public var kind: Kind
    public var name: String
    public var path: String
    /// A few words more, such as the folder that it lies in.
    public var detail: String

    public init(kind: Kind, name: String, path: String, detail: String = "") {
      self.kind = kind
      self.name = name
      self.path = path
      self.detail = detail
    }
  }

  /// The folder whose entries they are; nil for the places to begin with.
  public var folder: String?
  public var entries: [Entry]
  /// Entries that were left out because there are too many.
  public var leftOut: Int

  public init(folder: String?, entries: [Entry], leftOut: Int = 0) {
    self.folder = folder
    self.entries = entries
    self.leftOut = leftOut
  }
}
