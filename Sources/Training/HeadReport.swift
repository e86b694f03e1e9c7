import Foundation
import Traces

/// What every head of a model does over a file of sentences: the figures of a model card.
public struct HeadReport: Encodable, Sendable, Equatable {
  let schema = "heed-heads/1"
  public let model: String
  public private(set) var sentences = 0
  /// Encoder, decoder, cross; layer by layer.
  public private(set) var heads: [Head] = []

  /// One head and what was measured of it.
  public struct Head: Sendable, Equatable {
    public let address: HeadAddress
    public fileprivate(set) var measures: HeadMeasures
  }

  public init(model: String) { self.model = model }

  /// Takes in the attention of one more sentence.
  public mutating func add(_ trace: AttentionTrace) {
    sentences += 1
    for site in [Site.encoder, .decoder, .cross] {
      for (layer, row) in trace.measuresOfHeads(site).enumerated() {
        for (head, measures) in row.enumerated() {
          add(measures, HeadAddress(site: site, layer: layer, head: head))
        }
      }
    }
  }

  private mutating func add(_ measures: HeadMeasures, _ address: HeadAddress) {
    if let place = heads.firstIndex(where: { $0.address == address }) {
      heads[place].measures.add(measures)
    } else {
      heads.append(Head(address: address, measures: measures))
    }
  }

  /// One JSON object on one line, keys in alphabetical order.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}

extension HeadReport.Head: Encodable {
  enum CodingKeys: String, CodingKey {
    case site, layer, head, type, evidence
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(address.site, forKey: .site)
    try container.encode(address.layer, forKey: .layer)
    try container.encode(address.head, forKey: .head)
    try container.encodeIfPresent(measures.type, forKey: .type)
    try container.encodeIfPresent(measures.evidence, forKey: .evidence)
    let figures = columns.map { ($0.key, $0.mean.value) }
    try Dictionary(figures, uniquingKeysWith: { first, _ in first }).compactMapValues(\.self).encode(to: encoder)
  }

  /// Each measure with its key in JSON.
  fileprivate var columns: [(key: String, mean: HeadMeasures.Mean)] {
    [
      ("entropy", measures.entropy), ("breadth", measures.breadth), ("sharpness", measures.sharpness),
      ("distance", measures.distance),
      ("relative_distance", measures.relativeDistance), ("previous", measures.previous), ("same", measures.same),
      ("next", measures.next), ("start", measures.start), ("end", measures.end), ("special", measures.special),
      ("agreement", measures.agreement), ("coverage", measures.coverage),
    ]
  }
}

extension HeadReport: CustomStringConvertible {
  /// A table for each site; a measure that no head of the site has is left out.
  public var description: String {
    var parts = ["\(model) over \(sentences) sentence\(sentences == 1 ? "" : "s"), means over rows"]
    if heads.isEmpty { parts.append("this model has no attention to measure") }
    for site in [Site.encoder, .decoder, .cross] {
      let heads = heads.filter { $0.address.site == site }
      guard let columns = heads.first?.columns else { continue }
      let shown = columns.indices.filter { column in heads.contains { $0.columns[column].mean.count > 0 } }
      let title = site == .cross ? "cross-attention" : "\(site.rawValue) self-attention"
      var table = [[title, "type"] + shown.map { columns[$0].key.replacing("relative_", with: "rel. ") }]
      for head in heads {
        table.append(
          ["\(head.address)", head.measures.type?.rawValue ?? "-"]
            + shown.map { head.columns[$0].mean.value.map { ProgressLine.number($0, 2) } ?? "-" })
      }
      parts.append(TextTable.aligned(table))
    }
    return parts.joined(separator: "\n\n") + "\n"
  }
}
