import Autograd
import Layers
import Tensors
import Traces

/// What goes from layer to layer: one sentence's numbers without a batch axis, `[T, D]` or `[D]`, and which positions are
/// real where an embedding masks padding.
struct KerasActivation {
  var x: Variable
  var mask: [Bool]?

  init(_ x: Variable, mask: [Bool]? = nil) {
    self.x = x
    self.mask = mask
  }

  var shape: Shape { x.shape }
}

/// One pass through a functional model, or through a part of it: what has been computed, and the taps of its attention.
struct KerasRun {
  /// What a call of an attention layer looked like.
  struct Seen {
    var call: KerasGraph.CallName
    var heads: Int
    var rows: Int
    var columns: Int
    /// Whether queries and values are the same tensor, and where the values come from.
    var isSelf: Bool
    var values: KerasGraph.CallName
    var isCausal: Bool
  }

  /// Where each call of attention is recorded; empty while the shapes are being tried.
  var sites: [KerasGraph.CallName: AttentionSite] = [:]
  /// For attention that is computed whole: the encoder's.
  var whole = ForwardContext()
  /// For attention of which each row belongs to a step: one context a row.
  var rows: [ForwardContext] = []
  private(set) var seen: [Seen] = []

  mutating func note(_ seen: Seen) { self.seen.append(seen) }

  /// Lets the taps see, or change, a tensor `[H, T, N]` of one call.
  mutating func tap(_ point: TapPoint, _ call: KerasGraph.CallName, _ variable: Variable) -> Variable {
    guard let site = sites[call] else { return variable }
    if site.site == .encoder { return whole.tap(point, at: site, variable) }
    if rows.isEmpty { return variable }
    let (heads, count) = (variable.shape[0], variable.shape[1])
    var parts = (0..<count).map { row in
      Variable.concatenatingRows(
        (0..<heads).map { head in variable.reshaped([heads * count, variable.shape[2]]).rows(at(head, row, count)) }
      ).reshaped([heads, 1, variable.shape[2]])
    }
    for row in 0..<min(count, rows.count) {
      // Attention over its own past has no columns behind the row's.
      let width = site.site == .decoder ? min(row + 1, variable.shape[2]) : variable.shape[2]
      let isCut = point != .output && width < variable.shape[2]
      guard isCut else {
        parts[row] = rows[row].tap(point, at: site, parts[row])
        continue
      }
      let flat = parts[row].reshaped([heads, variable.shape[2]])
      let seen = rows[row].tap(point, at: site, flat.columns(0..<width).reshaped([heads, 1, width]))
      let rest = flat.columns(width..<variable.shape[2])
      parts[row] = Variable.concatenatingColumns([seen.reshaped([heads, width]), rest]).reshaped(
        [heads, 1, variable.shape[2]])
    }
    return Variable.concatenatingRows(
      (0..<heads).flatMap { head in
        parts.map { $0.reshaped([heads, variable.shape[2]]).rows(head..<head + 1) }
      }
    ).reshaped(variable.shape)
  }

  private func at(_ head: Int, _ row: Int, _ count: Int) -> Range<Int> {
    (head * count + row)..<(head * count + row + 1)
  }

  /// Softmax of scores `[H, T, S]` and the sums of `values` `[H, S, V]`, all through the taps: `[H, T, V]`.
  mutating func attend(
    _ call: KerasGraph.CallName, scores: Variable, values: [Variable], mask: [Bool]?, isCausal: Bool,
    padding: Padding? = nil
  ) -> Variable {
    let (heads, rows, columns) = (scores.shape[0], scores.shape[1], scores.shape[2])
    let isUniform = padding?.isUniform == true
    func isPadding(_ index: Int) -> Bool { padding?.rows[index % rows] == false }
    var scores = scores
    var open: [UInt8]?
    if mask != nil || isCausal || padding != nil {
      open = (0..<heads * rows).flatMap { index in
        (0..<columns).map { column in
          if isPadding(index) { return isUniform ? UInt8(1) : 0 }
          let isPast = !isCausal || column <= index % rows
          return (mask?[column] ?? true) && isPast ? UInt8(1) : 0
        }
      }
    }
    if isUniform {
      let kept = (0..<heads * rows).flatMap { [Float](repeating: isPadding($0) ? 0 : 1, count: columns) }
      scores = scores * Variable(Tensor(scores.shape, kept))
    }
    let closed = open.map { Tensor(scores.shape, $0.map { $0 == 0 ? -Float.infinity : 0 }) }
    let masked = tap(.scores, call, closed.map { scores + Variable($0) } ?? scores)
    let weights = tap(.weights, call, masked.softmax(mask: open))
    let flat = weights.reshaped([heads * rows, columns])
    let sums = (0..<heads).map { head in
      flat.rows((head * rows)..<((head + 1) * rows)).multiplied(by: .variable(values[head]))
    }
    let width = values.first?.shape[1] ?? 0
    return tap(.output, call, Variable.concatenatingRows(sums).reshaped([heads, rows, width]))
  }
}

extension KerasRun {
  /// Rows that padding asks for.
  struct Padding {
    /// False where a row is padding.
    let rows: [Bool]
    /// Whether such a row looks everywhere alike, as in Keras 2, which lowers all its scores to the same; in Keras 3 it looks
    /// nowhere.
    let isUniform: Bool
  }
}
