import Checkpoints
import Inspection

/// Reads checkpoints for someone who looks at them, away from the thread that draws. The last one stays open.
public actor CheckpointInspector {
  private var open: (path: String, checkpoint: Checkpoint)?

  public init() {}

  /// What the headers say.
  ///
  /// - Throws: `CheckpointError`.
  public func summary(path: String) throws -> CheckpointSummary { try checkpoint(path).summary }

  /// What the numbers of a tensor are like.
  ///
  /// - Parameter goesOn: is told which part is done, 0 to 1, and says whether to go on.
  /// - Returns: nil for numbers that cannot be read one by one, and where `goesOn` has said no.
  /// - Throws: `CheckpointError`.
  public func statistics(
    path: String, tensor: String, parts: Int, goesOn: @Sendable (Double) -> Bool
  ) throws -> TensorStatistics? {
    guard goesOn(0) else { return nil }
    return try checkpoint(path).statistics(of: tensor, parts: parts, goesOn: goesOn)
  }

  /// A part of a tensor, seen as one matrix.
  ///
  /// - Returns: as for `statistics`.
  /// - Throws: `CheckpointError`.
  public func tile(
    path: String, tensor: String, _ request: TileRequest, goesOn: @Sendable (Double) -> Bool
  ) throws -> MatrixTile? {
    guard goesOn(0) else { return nil }
    return try checkpoint(path).tile(of: tensor, request, goesOn: goesOn)
  }

  private func checkpoint(_ path: String) throws -> Checkpoint {
    if let open, open.path == path { return open.checkpoint }
    let checkpoint = try Checkpoint(path: path)
    open = (path, checkpoint)
    return checkpoint
  }
}
