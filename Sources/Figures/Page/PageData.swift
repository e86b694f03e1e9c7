import Foundation
import JSON
import TUI
import Traces

/// What the page's script reads: tokens, probabilities, and the weights as numbers in base64.
struct PageData {
  /// More weights than this are rounded to 1/65,535 and take two bytes each.
  static let mostExactWeights = 2 << 20
  /// More than this make a page that browsers struggle with.
  static let mostWeights = 16 << 20

  private let trace: AttentionTrace
  private let heads: [HeadAddress]
  private let selection: FigureSelection
  private let style: FigureStyle
  private let isExact: Bool

  /// - Throws: `FigureError` where there is nothing to show, or too much.
  init(_ trace: AttentionTrace, _ request: HeadRequest, _ style: FigureStyle) throws(FigureError) {
    selection = try request.selection(in: trace)
    self.trace = trace
    self.style = style
    heads = trace.heads.filter { head in
      (request.site == nil || head.site == request.site) && (request.layer == nil || head.layer == request.layer)
    }
    let count = heads.reduce(0) { sum, head in
      sum + trace.rowTokens(head.site).count * trace.columnTokens(head.site).count
    }
    guard count <= Self.mostWeights else {
      throw FigureError(
        "\(count) weights are too many for a page, which holds \(Self.mostWeights); choose a --site and a --layer")
    }
    isExact = count <= Self.mostExactWeights
  }

  /// JSON that may stand in a `script` element: no `<` is left that could end it.
  var json: String {
    var json = JSONWriter(style: .compact)
    json.object { json in
      json.key("title")
      json.string(style.title ?? trace.sourceText)
      json.key("caption")
      json.string(style.caption ?? "")
      json.key("model")
      json.string(trace.model.name)
      json.key("summary")
      json.string(trace.model.summary)
      json.key("sourceText")
      json.string(trace.sourceText)
      json.key("targetText")
      json.string(trace.targetText)
      json.key("notes")
      json.array(trace.remarks) { $0.string($1) }
      json.key("steps")
      json.array(trace.steps) { write($1, to: &$0) }
      json.key("exact")
      json.value(.bool(isExact))
      json.key("scale")
      json.string(style.scale.rawValue)
      json.key("palette")
      json.string((0..<256).map { Self.hex(style.palette.color(at: (Float($0) + 0.5) / 256).hex ?? 0) }.joined())
      json.key("sites")
      json.array(Site.allCases.filter { site in heads.contains { $0.site == site } }) { write($1, to: &$0) }
      json.key("first")
      write(selection, to: &json)
    }
    let pieces = json.bytes.split(separator: UInt8(ascii: "<"), omittingEmptySubsequences: false)
    return String(decoding: Array(pieces.joined(separator: "\\u003c".utf8)), as: UTF8.self)
  }

  /// Labels and, beside each, the vocabulary's spelling where that is another.
  private func write(_ labels: [AxisLabel], _ tokens: [Token?], to json: inout JSONWriter) {
    json.array(zip(labels, tokens)) { json, entry in
      let (label, token) = entry
      json.object {
        $0.key("text")
        $0.string(label.text)
        $0.key("piece")
        $0.string(token.map { AxisLabel($0, pieces: true).text } ?? label.text)
        $0.key("kind")
        $0.string(label.isSpecial ? "special" : token?.kind.rawValue ?? "word")
        $0.key("forced")
        $0.value(.bool(label.isForced))
      }
    }
  }

  private func write(_ step: Step, to json: inout JSONWriter) {
    json.object {
      $0.key("probability")
      $0.value(.float(step.probability))
      $0.key("entropy")
      $0.value(.float(step.entropy))
      $0.key("candidates")
      $0.array(step.candidates.prefix(5)) { json, candidate in
        json.object {
          $0.key("text")
          $0.string(AxisLabel(candidate.token, pieces: style.showsPieces).text)
          $0.key("probability")
          $0.value(.float(candidate.probability))
        }
      }
    }
  }

  private func write(_ site: Site, to json: inout JSONWriter) {
    let matrices = heads.filter { $0.site == site }.compactMap { head in trace.matrix(.head(head)).map { (head, $0) } }
    json.object {
      $0.key("site")
      $0.string(site.rawValue)
      $0.key("name")
      $0.string(site.name)
      $0.key("rows")
      write(trace.rowLabels(site, pieces: style.showsPieces), trace.rowTokens(site), to: &$0)
      $0.key("columns")
      write(trace.columnLabels(site, pieces: style.showsPieces), trace.columnTokens(site), to: &$0)
      // The row of the first step; those before it are a prompt's.
      $0.key("firstStep")
      $0.value(.int(site == .encoder ? trace.source.count : trace.rowTokens(site).count - trace.steps.count))
      $0.key("heads")
      $0.array(matrices) { json, entry in
        json.array([entry.0.layer, entry.0.head]) { $0.value(.int($1)) }
      }
      $0.key("weights")
      $0.string(Data(matrices.flatMap { bytes($0.1.weights) }).base64EncodedString())
    }
  }

  private func write(_ selection: FigureSelection, to json: inout JSONWriter) {
    let (layer, head): (Int?, Int?) =
      switch selection {
      case .one(.head(let address)): (address.layer, address.head)
      case .one(.mean(_, let layer)), .grid(_, let layer): (layer, nil)
      }
    json.object {
      $0.key("site")
      $0.string(selection.site.rawValue)
      $0.key("layer")
      $0.value(layer.map(JSONValue.int) ?? .null)
      $0.key("head")
      $0.value(head.map(JSONValue.int) ?? .null)
    }
  }

  /// Little-endian, as every browser's typed arrays are.
  private func bytes(_ weights: [Float]) -> [UInt8] {
    guard !isExact else { return weights.map(\.bitPattern).littleEndianBytes }
    return weights.map { UInt16($0.isFinite ? (min(1, max(0, $0)) * 65_535).rounded() : 0) }.littleEndianBytes
  }

  private static func hex(_ color: UInt32) -> String {
    let digits = String(color, radix: 16)
    return String(repeating: "0", count: 6 - digits.count) + digits
  }
}
