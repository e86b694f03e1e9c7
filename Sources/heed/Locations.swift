import Engine
import Foundation

extension ModelLocator {
  /// For this process.
  static var ofThisProgram: ModelLocator {
    ModelLocator(environment: ProcessInfo.processInfo.environment, executable: executablePath)
  }

  /// The running program without links.
  private static var executablePath: String {
    #if os(Linux)
      let path = "/proc/self/exe"
    #else
      let path = Bundle.main.executablePath ?? CommandLine.arguments[0]
    #endif
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
