extension AttentionTrace {
  /// Any block of a site, all of which have the same layers and heads; nil where it has none, or none yet.
  public func block(_ site: Site) -> AttentionBlock? {
    switch site {
    case .encoder: encoder
    case .decoder: prompt ?? steps.first?.decoder
    case .cross: steps.first?.cross
    }
  }

  /// Layers and heads at each site that it has attention of: encoder, decoder, cross.
  public var layouts: [AttentionLayout] {
    Site.allCases.compactMap { site in
      block(site).map { AttentionLayout(site: site, layers: $0.layers, heads: $0.heads) }
    }
  }
}
