import Checkpoints
import Foundation

/// Writes a folder so that nobody sees half of it.
enum FolderReplacement {
  /// Runs `body` on a new folder beside `path` and renames that to `path` once it is done. If anything fails the new
  /// folder is removed and `path` is as it was.
  ///
  /// - Parameters:
  ///   - allowed: a model folder that is there, or an empty one, may be replaced; anything else never is.
  ///   - besides: a folder that must not be replaced, nor one that holds it, since it is read from.
  /// - Throws: `ModelError` that says what is in the way, or what `body` throws.
  static func replace(
    _ path: String, allowed: Bool, besides source: URL, _ body: (_ partial: String) throws -> Void
  ) throws {
    let files = FileManager.default
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let (place, sourcePlace) = (resolved(URL(fileURLWithPath: path)), resolved(source))
    guard place != sourcePlace, !sourcePlace.hasPrefix(place + "/") else {
      throw ModelError("\(path): this is where the model is read from; give another folder")
    }
    let exists = files.fileExists(atPath: path)
    if exists { try check(path, allowed: allowed) }
    let partial = "\(path).\(ProcessInfo.processInfo.processIdentifier).partial"
    do {
      try files.createDirectory(atPath: partial, withIntermediateDirectories: true)
    } catch {
      throw ModelError("\(path): the folder cannot be made; check the path and its permissions")
    }
    do {
      try body(partial)
      try move(partial, to: path, exists: exists)
    } catch {
      try? files.removeItem(atPath: partial)
      throw (error as? CheckpointError)?.naming(path, for: partial) ?? error
    }
  }

  private static func resolved(_ url: URL) -> String { url.resolvingSymlinksInPath().standardizedFileURL.path }

  private static func check(_ path: String, allowed: Bool) throws {
    guard allowed else { throw ModelError("\(path): is there already; give another folder, or --force to replace it") }
    let contents = try? FileManager.default.contentsOfDirectory(atPath: path)
    guard let contents, contents.isEmpty || contents.contains("config.json") else {
      throw ModelError("\(path): is no model folder, so --force does not replace it; give another folder")
    }
  }

  private static func move(_ partial: String, to path: String, exists: Bool) throws {
    let files = FileManager.default
    let old = partial + ".old"
    do {
      if exists { try files.moveItem(atPath: path, toPath: old) }
      do {
        try files.moveItem(atPath: partial, toPath: path)
      } catch {
        if exists { try? files.moveItem(atPath: old, toPath: path) }
        throw error
      }
    } catch {
      throw ModelError("\(path): the new folder cannot be put there; check its permissions")
    }
    if exists { try? files.removeItem(atPath: old) }
  }
}
