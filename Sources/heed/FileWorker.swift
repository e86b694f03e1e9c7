import Checkpoints
import Engine
import Explorer
import Figures
import Foundation
import Inspection
import Synchronization
import Traces
import UserFiles

/// Works on files for the explorer, away from the thread that draws. Every request gets exactly one answer, also one that
/// nobody waits for any more.
final class FileWorker: Sendable {
  private let listings: FolderListings
  private let folders: UserFolders
  private let locator: ModelLocator
  private let mailbox: Mailbox
  private let inspector = CheckpointInspector()
  private let stopped = Mutex<Set<Int>>([])
  /// Parts of a histogram.
  private static let histogramParts = 40

  init(locator: ModelLocator, folders: UserFolders, mailbox: Mailbox) {
    self.locator = locator
    self.folders = folders
    self.mailbox = mailbox
    listings = FolderListings(
      locator: locator, folders: folders, workingFolder: FileManager.default.currentDirectoryPath)
  }

  func begin(_ request: FileRequest, job: Int) {
    Task.detached(priority: .utility) {
      let answer: FileAnswer
      do {
        answer = try await self.answer(to: request, job)
      } catch {
        answer = .failed("\(error)".split(whereSeparator: \.isNewline).joined(separator: " "))
      }
      self.stopped.withLock { _ = $0.remove(job) }
      self.mailbox.post(.file(answer, job: job))
    }
  }

  func stop(_ job: Int) { stopped.withLock { _ = $0.insert(job) } }

  /// The path of a model that a person means by a name or a path.
  func path(of model: String) throws -> String { try locator.find(folders.expanded(model)) }

  /// Keeps in mind that a model was opened. That this cannot be written is no reason to stop anyone.
  func remember(model path: String) {
    let path = listings.absolute(path)
    Task.detached(priority: .utility) { [folders] in
      try? RememberedLines.recentModels(folders).remember((path as NSString).standardizingPath)
    }
  }

  private func isStopped(_ job: Int) -> Bool { stopped.withLock { $0.contains(job) } }

  private func answer(to request: FileRequest, _ job: Int) async throws -> FileAnswer {
    switch request {
    case .open: return .failed("models are opened by the engine")
    case .list(let folder): return .listed(try folder.map { try listings.entries(of: $0) } ?? listings.places())
    case .complete(let typed): return .completed(listings.completions(of: typed))
    case .inspect(let path): return .inspected(try await inspector.summary(path: path))
    case .measure(let path, let tensor):
      return .measured(
        try await inspector.statistics(
          path: path, tensor: tensor, parts: Self.histogramParts, goesOn: progress(of: job)))
    case .tile(let path, let tensor, let tile):
      return .tile(try await inspector.tile(path: path, tensor: tensor, tile, goesOn: progress(of: job)))
    case .export(let figure): return try export(figure, job)
    case .save(let session, let file, let replaces): return try save(session, file, replaces: replaces)
    case .writeConfiguration(let settings, let keys, let replaces):
      let file = folders.configurationFile
      let isWritten = try Configuration(settings: settings, keys: keys).write(to: file, replaces: replaces)
      return isWritten ? .written(file: file) : .exists(file: file)
    }
  }

  /// Reports what is done, seldom enough not to be in anyone's way, and says whether to go on.
  private func progress(of job: Int) -> @Sendable (Double) -> Bool {
    let last = Mutex(ContinuousClock.now)
    return { fraction in
      if self.isStopped(job) { return false }
      let isDue = last.withLock { last in
        let now = ContinuousClock.now
        guard now - last > .milliseconds(100) else { return false }
        last = now
        return true
      }
      if isDue { self.mailbox.post(.progress(fraction, job: job)) }
      return true
    }
  }

  private func save(_ session: SavedSession, _ file: String?, replaces: Bool) throws -> FileAnswer {
    let shown = file ?? SessionFile.defaultName
    var session = session
    session.model = name(of: session.model)
    session.besides = session.besides.map { beside in
      if case .model(let model) = beside { .model(name(of: model)) } else { beside }
    }
    let isWritten = try SessionFile.write(session, to: listings.absolute(shown), replaces: replaces)
    return isWritten ? .written(file: shown) : .exists(file: shown)
  }

  /// What a model is best called in a file: by a name that everyone finds it by, else by its path from the root.
  private func name(of model: String) -> String {
    let path = listings.standardized((try? self.path(of: model)) ?? model)
    let isKnown = locator.all().contains { listings.standardized($0) == path }
    return isKnown ? (path as NSString).lastPathComponent : path
  }

  private func export(_ figure: FigureRequest, _ job: Int) throws -> FileAnswer {
    guard let format = FigureFormat(fileName: figure.file) else {
      throw UserFileError(
        "\(figure.file) says no format; end it in .png, .svg, .pdf, .html, .ansi, .txt, .csv, .json or .npz")
    }
    let path = listings.absolute(figure.file)
    guard try Target.isFree(path, replaces: figure.replaces) else { return .exists(file: figure.file) }
    let bytes = try figure.trace.figure(format, heads: HeadRequest(figure), style: FigureStyle(figure.settings))
    guard !isStopped(job) else { return .failed("stopped") }
    try AtomicFile.write(bytes, to: path)
    return .written(file: figure.file)
  }
}

extension HeadRequest {
  /// What is selected on the screen.
  init(_ figure: FigureRequest) {
    self.init(
      site: figure.site, layer: figure.layer, head: figure.arrangement == .head ? figure.head : nil,
      arrangement: figure.arrangement == .grid ? .grid : figure.arrangement == .mean ? .mean : nil)
  }
}

extension FigureStyle {
  /// As the screen has it, but on white: it is for paper.
  init(_ settings: Settings) {
    self.init()
    palette = settings.palette
    showsValues = settings.values == .on
    scale =
      switch settings.scale {
      case .unit: .full
      case .row: .maximum
      case .logarithmic: .logarithmic
      }
  }
}
