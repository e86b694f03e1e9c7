import Engine
import Explorer
import Foundation
import Models
import UserFiles

extension ExplorerProgram.Start {
  /// From what was given on the command line: a session's file, a model's path or name, or nothing for the default model.
  ///
  /// - Throws: `EngineError` that says where it looked, `UserFileError` for a session that cannot be read.
  init(
    _ argument: String?, sentence: String?, longestTarget: Int?, options: OpeningOptions, configuration: Configuration
  ) throws {
    let locator = ModelLocator.ofThisProgram
    if let argument, argument.lowercased().hasSuffix(".yaml"), !FileManager.default.fileExists(atPath: argument) {
      throw UserFileError("\(argument): there is no such file; give a session that :save has written")
    }
    guard let argument, SessionFile.isNamed(by: argument) else {
      self.init(
        path: try locator.find(argument), sentence: sentence, longestTarget: longestTarget, options: options,
        configuration: configuration)
      return
    }
    var session = try SessionFile.read(argument)
    let folders = UserFolders(environment: ProcessInfo.processInfo.environment)
    let path: String
    do {
      path = try locator.find(folders.expanded(session.model))
    } catch {
      throw UserFileError("\(argument): its model cannot be found: \(error)")
    }
    if let sentence { session.sentence = sentence }
    let said: OpeningOptions
    do {
      said = try options.filled(from: session.opening)
    } catch {
      throw UserFileError("\(argument): `opening`: \(error)")
    }
    self.init(
      path: path, session: (session, argument), longestTarget: longestTarget, options: said,
      configuration: configuration)
  }
}
