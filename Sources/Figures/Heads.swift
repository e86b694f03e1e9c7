import Traces

extension AttentionTrace {
  /// Every head that the trace has attention of: encoder, decoder, cross; layer by layer.
  var heads: [HeadAddress] {
    [(Site.encoder, encoder), (.decoder, steps.first?.decoder), (.cross, steps.first?.cross)].flatMap { site, block in
      guard let block else { return [HeadAddress]() }
      return (0..<block.layers).flatMap { layer in
        (0..<block.heads).map { HeadAddress(site: site, layer: layer, head: $0) }
      }
    }
  }

  /// The tokens that stand for the columns of a site. A decoder's first column is the start token, which has no step
  /// and is left empty.
  func columnTokens(_ site: Site) -> [String] {
    switch site {
    case .encoder, .cross: source.map(\.piece)
    case .decoder: [""] + steps.dropLast().map(\.token.piece)
    }
  }

  /// The tokens that stand for the rows of a site.
  func rowTokens(_ site: Site) -> [String] {
    site == .encoder ? source.map(\.piece) : steps.map(\.token.piece)
  }
}
