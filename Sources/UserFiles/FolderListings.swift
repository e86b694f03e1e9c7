import Checkpoints
import Engine
import Explorer
import Foundation

/// What can be opened from where: models that are known by name, models opened before, and what lies in folders.
public struct FolderListings: Sendable {
  /// A folder with more entries shows the first of them.
  static let mostEntries = 2000
  /// The endings of files that may be checkpoints; what they are shows their content.
  static let endings: Set<String> = [
    "safetensors", "npz", "npy", "pt", "pth", "bin", "ckpt", "gguf", "keras", "h5", "hdf5", "index",
  ]

  let locator: ModelLocator
  let folders: UserFolders
  let workingFolder: String

  public init(locator: ModelLocator, folders: UserFolders, workingFolder: String) {
    self.locator = locator
    self.folders = folders
    self.workingFolder = workingFolder
  }

  /// Models by name, those opened before, newest first, and folders to begin with.
  public func places() -> FileListing {
    let samples = locator.all()
    var entries = samples.map { entry(.sample, $0) }
    entries += RememberedLines.recentModels(folders).lines.reversed().filter {
      !samples.contains($0) && FileManager.default.fileExists(atPath: $0)
    }.map { entry(.recent, $0) }
    entries.append(
      .init(kind: .folder, name: shortened(workingFolder), path: workingFolder, detail: "where heed was started"))
    if !folders.home.isEmpty, folders.home != workingFolder {
      entries.append(.init(kind: .folder, name: "~", path: folders.home, detail: folders.home))
    }
    entries.append(.init(kind: .folder, name: "/", path: "/", detail: "all of the computer"))
    return FileListing(folder: nil, entries: entries)
  }

  /// What lies in a folder and can be gone into or opened.
  ///
  /// - Throws: `UserFileError` for a folder that cannot be read.
  public func entries(of path: String) throws -> FileListing {
    let folder = standardized(path)
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw UserFileError("\(folder): this folder cannot be read")
    }
    let parent = folder == "/" ? "/" : (folder as NSString).deletingLastPathComponent
    var entries: [FileListing.Entry] = [.init(kind: .parent, name: "..", path: parent, detail: parent)]
    var files: [FileListing.Entry] = []
    let shown = names.sorted { ($0.lowercased(), $0) < ($1.lowercased(), $1) }.prefix(Self.mostEntries)
    for name in shown {
      let path = folder == "/" ? "/" + name : folder + "/" + name
      if isFolder(path) {
        entries.append(.init(kind: holdsModel(path) ? .model : .folder, name: name, path: path))
      } else if mayBeCheckpoint(name) {
        files.append(.init(kind: .file, name: name, path: path))
      }
    }
    return FileListing(folder: folder, entries: entries + files, leftOut: names.count - shown.count)
  }

  /// Every path that begins as `typed`, folders with a slash at their end.
  public func completions(of typed: String) -> [String] {
    let cut = typed.lastIndex(of: "/").map { typed.index(after: $0) } ?? typed.startIndex
    let (folder, start) = (String(typed[..<cut]), typed[cut...])
    let place = folder.isEmpty ? workingFolder : absolute(folder)
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []).filter {
      $0.hasPrefix(start) && (!$0.hasPrefix(".") || start.hasPrefix("."))
    }
    return names.sorted().prefix(Self.mostEntries).map { folder + $0 + (isFolder(place + "/" + $0) ? "/" : "") }
  }

  /// A path from anywhere.
  public func absolute(_ path: String) -> String {
    let path = folders.expanded(path)
    return path.hasPrefix("/") ? path : workingFolder + "/" + path
  }

  /// The same without `.` and `..` in it.
  public func standardized(_ path: String) -> String { (absolute(path) as NSString).standardizingPath }

  private func entry(_ kind: FileListing.Kind, _ path: String) -> FileListing.Entry {
    let path = standardized(path)
    let folder = (path as NSString).deletingLastPathComponent
    return .init(kind: kind, name: (path as NSString).lastPathComponent, path: path, detail: shortened(folder))
  }

  private func shortened(_ path: String) -> String {
    !folders.home.isEmpty && path.hasPrefix(folders.home + "/") ? "~" + path.dropFirst(folders.home.count) : path
  }

  private func isFolder(_ path: String) -> Bool { FileKind(path: path) == .folder }

  private func holdsModel(_ path: String) -> Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.contains("config.json") || names.contains("checkpoint")
      || names.contains(where: mayBeCheckpoint)
  }

  private func mayBeCheckpoint(_ name: String) -> Bool {
    Self.endings.contains((name as NSString).pathExtension.lowercased())
  }
}
