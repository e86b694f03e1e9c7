import Traces

/// A trace as an archive of arrays that `numpy.load` opens.
///
/// For each site `cross`, `encoder`, `decoder` that the model has: its weights `[layers, heads, rows, columns]` and, as
/// `cross_scores`, what they were before the softmax, `-inf` where the model could not look. Then `source_ids`,
/// `source_tokens`, `target_ids`, `target_tokens`, and for each step `probabilities`, `entropies` (bits) and `forced`.
enum TraceNPZ {
  /// - Throws: `FigureError` for a trace that does not fit the format.
  static func bytes(of trace: AttentionTrace) throws(FigureError) -> [UInt8] {
    var zip = ZipWriter()
    for site in [Site.cross, .encoder, .decoder] { try add(site, of: trace, to: &zip) }
    let target = trace.steps.map(\.token)
    let arrays = [
      ("source_ids", NumPyArray(trace.source.map(\.id))), ("source_tokens", try NumPyArray(trace.source.map(\.piece))),
      ("target_ids", NumPyArray(target.map(\.id))), ("target_tokens", try NumPyArray(target.map(\.piece))),
      ("probabilities", NumPyArray(trace.steps.map(\.probability), shape: [target.count])),
      ("entropies", NumPyArray(trace.steps.map(\.entropy), shape: [target.count])),
      ("forced", NumPyArray(trace.steps.map(\.isForced))),
    ]
    for (name, array) in arrays { try zip.add(name + ".npy", array.bytes) }
    return zip.finish()
  }

  /// Nothing where the trace does not hold every head of the site at every step.
  private static func add(_ site: Site, of trace: AttentionTrace, to zip: inout ZipWriter) throws(FigureError) {
    let heads = trace.heads.filter { $0.site == site }
    let matrices = heads.compactMap { trace.matrix(.head($0)) }
    guard let first = matrices.first, let last = heads.last, matrices.count == heads.count else { return }
    let shape = [last.layer + 1, last.head + 1, first.rows, first.columns]
    try zip.add(site.rawValue + ".npy", NumPyArray(matrices.flatMap(\.weights), shape: shape).bytes)
    let scores = matrices.compactMap(\.scores)
    guard scores.count == matrices.count else { return }
    try zip.add(site.rawValue + "_scores.npy", NumPyArray(scores.flatMap { $0 }, shape: shape).bytes)
  }
}
