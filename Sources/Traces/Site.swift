/// Where attention happens.
public enum Site: String, Sendable, Hashable, CaseIterable, Codable {
  /// Self-attention over the source.
  case encoder
  /// Causal self-attention over what was produced so far.
  case decoder
  /// From a produced token back to the source.
  case cross
}

/// One head of one layer at one site; layers and heads count from 0.
public struct HeadAddress: Sendable, Hashable, CustomStringConvertible {
  public var site: Site
  public var layer: Int
  public var head: Int

  public init(site: Site, layer: Int, head: Int) {
    self.site = site
    self.layer = layer
    self.head = head
  }

  /// `L0H3`.
  public var description: String { "L\(layer)H\(head)" }
}

/// Layers and heads at one site.
public struct AttentionLayout: Sendable, Equatable {
  public var site: Site
  public var layers: Int
  public var heads: Int

  public init(site: Site, layers: Int, heads: Int) {
    self.site = site
    self.layers = layers
    self.heads = heads
  }

  /// Every head, layer by layer.
  public var addresses: [HeadAddress] {
    (0..<layers).flatMap { layer in (0..<heads).map { HeadAddress(site: site, layer: layer, head: $0) } }
  }
}
