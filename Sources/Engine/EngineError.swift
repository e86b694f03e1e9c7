/// Why the engine could not do what it was asked: one line that names what was wrong, where, and what to do.
public struct EngineError: Error, Equatable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) {
    self.description = description
  }
}
