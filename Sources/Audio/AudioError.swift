/// Why a sound cannot be read, in one line: the file, what is wrong, what to do.
public struct AudioError: Error, Equatable, CustomStringConvertible {
  public var description: String

  init(_ description: String) { self.description = description }
}
