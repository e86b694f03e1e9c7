/// What was wrong with a recipe, its data or its run: one line that names the place and what to do.
public struct TrainingError: Error, Equatable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) {
    self.description = description
  }
}
