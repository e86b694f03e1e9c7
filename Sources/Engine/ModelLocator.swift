import Foundation

/// Finds model folders by name, from any working directory.
///
/// Looked through in this order: every folder of `$HEED_MODELS`, `share/heed/models` of an installation and
/// `sample-models` of a checkout that the program lies in, and `$XDG_DATA_HOME/heed/models`.
public struct ModelLocator: Sendable {
  /// The model that opens when none is named.
  public static let defaultName = "en-fr-bahdanau"

  /// The folders that hold model folders, whether they exist or not, first come first served.
  public let folders: [String]

  /// - Parameters:
  ///   - environment: as the process has it.
  ///   - executable: the program's path without links.
  public init(environment: [String: String], executable: String) {
    var folders = (environment["HEED_MODELS"] ?? "").split(separator: ":").map(String.init)
    folders += Self.folders(around: executable)
    if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") {
      folders.append(data + "/heed/models")
    } else if let home = environment["HOME"], !home.isEmpty {
      folders.append(home + "/.local/share/heed/models")
    }
    self.folders = folders
  }

  private static func folders(around executable: String) -> [String] {
    var folders: [String] = []
    var ancestor = URL(filePath: executable).deletingLastPathComponent()
    while ancestor.path != "/" {
      if ancestor.lastPathComponent == "bin" {
        folders.append(ancestor.deletingLastPathComponent().appending(path: "share/heed/models").path)
      }
      if FileManager.default.fileExists(atPath: ancestor.appending(path: "Package.swift").path) {
        folders.append(ancestor.appending(path: "sample-models").path)
      }
      ancestor.deleteLastPathComponent()
    }
    return folders
  }

  /// The path of the model that a user means: a path of a folder or a file, or the name of a model in `folders`; the
  /// default model, or failing that the first there is, where nothing is given.
  ///
  /// - Throws: `EngineError` that says where it looked.
  public func find(_ model: String?) throws -> String {
    guard let model else {
      if let found = path(of: Self.defaultName) ?? all().first { return found }
      throw EngineError("no model found; looked in \(searched); set HEED_MODELS or give the path of a model folder")
    }
    guard !model.isEmpty else {
      throw EngineError("the name of the model is empty; give the path of a model, or a name from heed models")
    }
    // A TensorFlow checkpoint is given by what the names of its files begin with.
    if exists(model) || exists(model + ".index") { return model }
    if model.contains("/") {
      throw EngineError(
        "\(model): there is no such folder or file; give the path of a model, or a name from heed models")
    }
    if let found = path(of: model) { return found }
    throw EngineError("\(model): no model of this name; looked in \(searched); heed models lists what there is")
  }

  /// The path of every model found; of two with the same name the first.
  public func all() -> [String] {
    var names: Set<String> = []
    return folders.flatMap { folder in
      let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return entries.sorted().filter { isModel("\(folder)/\($0)") && names.insert($0).inserted }
        .map { "\(folder)/\($0)" }
    }
  }

  private func path(of name: String) -> String? {
    folders.lazy.map { "\($0)/\(name)" }.first(where: isModel)
  }

  private var searched: String { folders.isEmpty ? "no folder" : folders.joined(separator: ", ") }

  private func isModel(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path + "/config.json")
  }

  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}
