import Traces

extension AttentionTrace {
  /// Every head that the trace has attention of: encoder, decoder, cross; layer by layer.
  var heads: [HeadAddress] {
    let blocks = [(Site.encoder, encoder), (.decoder, prompt ?? steps.first?.decoder), (.cross, steps.first?.cross)]
    return blocks.flatMap { site, block in
      guard let block else { return [HeadAddress]() }
      return (0..<block.layers).flatMap { layer in
        (0..<block.heads).map { HeadAddress(site: site, layer: layer, head: $0) }
      }
    }
  }
}
