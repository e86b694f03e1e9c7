import Foundation

/// A training run on disk: what it has left that can be opened as a model, in the order in which it was made.
public struct RunFolder: Sendable, Equatable {
  /// One set of parameters.
  public struct Entry: Sendable, Equatable {
    /// `epoch 3`, `step 1200` in the middle of an epoch, or `the model` for what the recipe ships.
    public var label: String
    /// What `ModelFolder` opens.
    public var path: String

    public init(label: String, path: String) {
      (self.label, self.path) = (label, path)
    }
  }

  public let path: String
  public let entries: [Entry]

  /// Nil for a folder that is no run: without snapshots, or a model folder itself.
  ///
  /// - Parameter path: of the run, of one of its snapshots or of one of its epochs.
  public init?(path: String) {
    guard let run = Self.run(of: path) else { return nil }
    self.path = run.path
    var made: [Int: Entry] = [:]
    var unfinished: [(epoch: Int, step: Int, entry: Entry)] = []
    for file in Self.files(in: run.appendingPathComponent("epochs", isDirectory: true)) {
      guard file.pathExtension == "safetensors", let epoch = Self.numbers(file.deletingPathExtension()).last else {
        continue
      }
      made[epoch] = Entry(label: "epoch \(epoch)", path: file.path)
    }
    for folder in SnapshotStore(run: run.path, kept: 1).list() {
      let numbers = Self.numbers(folder)
      guard numbers.count == 2 else { continue }
      let (step, epoch) = (numbers[0], numbers[1])
      if Self.endsEpoch(folder) {
        made[epoch] = Entry(label: "epoch \(epoch)", path: folder.path)
      } else {
        unfinished.append((epoch, step, Entry(label: "step \(step)", path: folder.path)))
      }
    }
    let ordered =
      (made.map { (epoch: $0.key, step: 0, entry: $0.value) } + unfinished)
      .sorted { ($0.epoch, $0.step) < ($1.epoch, $1.step) }.map(\.entry)
    guard !ordered.isEmpty else { return nil }
    entries = ordered + (Self.shipped(run).map { [$0] } ?? [])
  }

  /// The place of an entry; that of the last snapshot for the run itself.
  public func index(of path: String) -> Int {
    let wanted = URL(fileURLWithPath: path).standardizedFileURL.path
    return entries.firstIndex { $0.path == wanted }
      ?? entries.lastIndex { $0.label != Self.shippedLabel } ?? 0
  }

  static let shippedLabel = "the model"

  private static func run(of path: String) -> URL? {
    let url = URL(fileURLWithPath: path, isDirectory: true).standardizedFileURL
    let parent = url.deletingLastPathComponent()
    if ["snapshots", "epochs"].contains(parent.lastPathComponent) { return parent.deletingLastPathComponent() }
    let isModel = FileManager.default.fileExists(atPath: url.appendingPathComponent("model.safetensors").path)
    return isModel ? nil : url
  }

  private static func files(in folder: URL) -> [URL] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().map { folder.appendingPathComponent($0).standardizedFileURL }
  }

  /// The numbers in a name such as `step-000000120-epoch-000000003`.
  private static func numbers(_ url: URL) -> [Int] {
    url.lastPathComponent.split(separator: "-").compactMap { Int($0) }
  }

  /// Whether a snapshot was made between two epochs; one that cannot be read counts as made there.
  private static func endsEpoch(_ folder: URL) -> Bool {
    guard let bytes = try? Data(contentsOf: folder.appendingPathComponent("progress.json")),
      let progress = try? JSONDecoder().decode(TrainingProgress.self, from: bytes)
    else { return true }
    return progress.batch == 0
  }

  /// What the recipe ships, where it is there already; its path is relative to where heed was started.
  private static func shipped(_ run: URL) -> Entry? {
    guard let recipe = try? Recipe(file: run.appendingPathComponent("recipe.yaml").path) else { return nil }
    let model = URL(fileURLWithPath: recipe.output.model, isDirectory: true).standardizedFileURL
    let file = model.appendingPathComponent("model.safetensors")
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    return Entry(label: shippedLabel, path: model.path)
  }
}
