import Traces

extension AttentionTrace {
  /// Every head that the trace has attention of: encoder, decoder, cross; layer by layer.
  var heads: [HeadAddress] { layouts.flatMap(\.addresses) }
}
