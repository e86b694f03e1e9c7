import Foundation

/// Does something with a file or folder, and turns Foundation's error into one line that names it.
@discardableResult
func named<Result>(_ path: String, _ verb: String, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as NSError where error.domain == NSCocoaErrorDomain || error.domain == NSPOSIXErrorDomain {
    let cause = (error.userInfo[NSUnderlyingErrorKey] as? any Error).map { $0 as NSError } ?? error
    let reason =
      cause.domain == NSPOSIXErrorDomain ? String(cString: strerror(Int32(cause.code))) : "no reason is known"
    throw TrainingError("\(path): cannot be \(verb): \(reason)")
  }
}

/// Makes a folder and those above it, where they are not there.
func makeFolder(_ folder: URL) throws {
  try named(folder.path, "made") {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }
}
