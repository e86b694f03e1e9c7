import Foundation

/// Where a person's settings and what heed remembers lie, as the XDG Base Directory Specification has it.
public struct UserFolders: Sendable, Equatable {
  public let configuration: String
  public let state: String
  let home: String

  public init(environment: [String: String]) {
    let home = environment["HOME"] ?? ""
    func folder(_ variable: String, _ fallback: String) -> String {
      // The specification says that a path which is not absolute is to be ignored.
      if let path = environment[variable], path.hasPrefix("/") { return path + "/heed" }
      return home + fallback + "/heed"
    }
    self.home = home
    configuration = folder("XDG_CONFIG_HOME", "/.config")
    state = folder("XDG_STATE_HOME", "/.local/state")
  }

  public var configurationFile: String { configuration + "/config.yaml" }

  /// Whether heed has never kept anything for this person.
  public var isFirstStart: Bool {
    !FileManager.default.fileExists(atPath: state + "/recent")
      && !FileManager.default.fileExists(atPath: state + "/history")
  }

  /// A path with `~` in front as the home folder.
  public func expanded(_ path: String) -> String {
    guard path == "~" || path.hasPrefix("~/"), !home.isEmpty else { return path }
    return home + path.dropFirst()
  }
}

/// A file that cannot be taken as what it should be: one line that says which, where in it and what is wrong.
public struct UserFileError: Error, Equatable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}
