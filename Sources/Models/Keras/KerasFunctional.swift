import Autograd
import Foundation
import Layers
import Tensors
import Traces

/// A functional Keras model, computed layer by layer as its configuration joins them.
///
/// With a source and a target input it decodes: each step computes the rows of the target so far anew, which is what the
/// model itself would do. With a source alone it reads; where its attention then has a single row, it makes one step,
/// whose token is the class that it gives.
public struct KerasFunctional: OpenedFamily {
  public let configuration: KerasConfiguration
  public private(set) var attention: [AttentionLayout] = []
  let graph: KerasGraph
  let inputs: KerasInputs
  private let layers: [String: any KerasLayer]
  /// Calls that depend on nothing but the source.
  private let reading: [KerasGraph.Call]
  private let stepping: [KerasGraph.Call]
  private var sites: [KerasGraph.CallName: AttentionSite] = [:]
  private let givesProbabilities: Bool

  /// Asks `source` for the weights of every layer, under `<layer>.`.
  ///
  /// - Throws: `ModelError` for a model that cannot be computed; what the source throws.
  public init(_ configuration: KerasConfiguration, _ source: inout some ParameterSource) throws {
    self.configuration = configuration
    let graph = try configuration.parsed()
    let inputs = try KerasInputs(graph)
    let factory = KerasFactory(sizes: configuration.sizes, isKeras3: configuration.kerasVersion >= 3)
    var layers: [String: any KerasLayer] = [:]
    for layer in graph.layers where layer.className != "InputLayer" {
      layers[layer.name] = try factory.make(layer, &source)
    }
    let starts = Set(inputs.inputs.filter { $0.role == .target }.map(\.output.call))
    var late = starts
    for call in graph.calls where call.needs.contains(where: { late.contains($0.call) }) { late.insert(call.name) }
    reading = graph.calls.filter { !late.contains($0.name) }
    stepping = graph.calls.filter { late.contains($0.name) }
    givesProbabilities = graph.layers.first { $0.name == graph.outputs[0].call.layer }?.givesProbabilities ?? false
    (self.graph, self.inputs, self.layers) = (graph, inputs, layers)
    try place(try tried(source: inputs.source?.length ?? 3, target: 2))
  }

  public var endID: Int { configuration.endID }
  public var suppressedTokens: [Int] { configuration.suppressedTokens }
  private var readsTarget: Bool { inputs.target != nil }
  private var makesOneStep: Bool { !readsTarget && attention.contains { $0.site == .cross } }

  public func check(sourceLength: Int, targetLength: Int) throws {
    if let length = inputs.source?.length, length != sourceLength {
      throw ModelError("\(sourceLength) source tokens; this model reads exactly \(length)")
    }
    if let length = inputs.target?.length, targetLength > length {
      throw ModelError("\(targetLength) target tokens; this model has room for \(length); give --max-length \(length)")
    }
    _ = try tried(source: sourceLength, target: readsTarget ? min(targetLength, 2) : 1)
  }

  /// A pass over zeros, which finds out whether all shapes fit.
  private func tried(source: Int, target: Int) throws -> [KerasRun.Seen] {
    var run = KerasRun()
    var values: [KerasGraph.CallName: [KerasActivation]] = [:]
    let (source, target) = (Array(repeating: 0, count: source), Array(repeating: 0, count: target))
    try compute(reading + stepping, source, target, &values, &run)
    let logits = try output(values, row: 0)
    guard logits.count >= configuration.targetVocabularySize else {
      throw ModelError("its output has \(logits.count) numbers for \(configuration.targetVocabularySize) tokens")
    }
    return run.seen
  }

  /// Gives each call of attention its place.
  private mutating func place(_ seen: [KerasRun.Seen]) throws {
    let early = Set(reading.map(\.name))
    var heads: [Site: [Int]] = [:]
    for call in seen {
      let site: Site
      if !readsTarget {
        site = call.rows == 1 && call.columns > 1 ? .cross : .encoder
      } else if early.contains(call.call) {
        site = .encoder
      } else {
        site = early.contains(call.values) ? .cross : .decoder
      }
      let isSquare = call.rows == call.columns
      guard site == .cross || isSquare, site != .decoder || call.isCausal || inputs.target?.length == nil else {
        throw ModelError(
          "the attention '\(call.call.layer)' has \(call.rows) rows and \(call.columns) columns, which is neither a sentence "
            + "over itself nor a target over a source, or it looks at a target's padding")
      }
      sites[call.call] = AttentionSite(site, layer: heads[site, default: []].count)
      heads[site, default: []].append(call.heads)
    }
    guard !heads.isEmpty else { throw ModelError("none of its layers is attention that heed knows") }
    for (site, counts) in heads where Set(counts).count > 1 {
      throw ModelError("its \(site.rawValue) attention has layers of \(counts) heads; heed draws as many in each")
    }
    attention = [Site.encoder, .decoder, .cross].compactMap { site in
      heads[site].map { AttentionLayout(site: site, layers: $0.count, heads: $0[0]) }
    }
  }

  private func compute(
    _ calls: [KerasGraph.Call], _ source: [Int], _ target: [Int],
    _ values: inout [KerasGraph.CallName: [KerasActivation]], _ run: inout KerasRun
  ) throws {
    for call in calls {
      if let input = inputs.inputs.first(where: { $0.output.call == call.name }) {
        values[call.name] = [inputs.value(input, source: source, target: target)]
        continue
      }
      guard let layer = layers[call.name.layer] else { throw KerasShapes.misfit(call.name.layer) }
      func value(_ output: KerasGraph.Output) throws -> KerasActivation {
        guard let all = values[output.call], all.indices.contains(output.index) else {
          throw KerasShapes.misfit(call.name.layer)
        }
        return all[output.index]
      }
      var named: [String: [KerasActivation]] = [:]
      for name in call.named.keys { named[name] = try call.outputs(name).map(value) }
      values[call.name] = try layer(call.inputs.map(value), call, named, &run)
    }
  }

  /// What the first output says of one row, as logits.
  private func output(_ values: [KerasGraph.CallName: [KerasActivation]], row: Int) throws -> Tensor {
    let place = graph.outputs[0]
    guard let all = values[place.call], all.indices.contains(place.index) else {
      throw KerasShapes.misfit(place.call.layer)
    }
    let x = all[place.index].x.value
    guard (1...2).contains(x.shape.rank), x.shape.rank == 1 || row < x.shape[0] else {
      throw KerasShapes.misfit(place.call.layer)
    }
    let numbers = x.shape.rank == 1 ? x.elements : x.row(row).elements
    return Tensor([numbers.count], givesProbabilities ? numbers.map { log(max($0, 1e-37)) } : numbers)
  }

  public func begin(_ source: [Int], edits: TapEdits) -> SequenceStart {
    var run = KerasRun()
    run.sites = sites
    run.whole = ForwardContext(recording: attention.taps(at: [.encoder]), interventions: edits)
    let state = KerasState(model: self, source: source, given: [], edits: [], values: [:])
    guard !makesOneStep else { return SequenceStart(state: state, first: 0) }
    var values: [KerasGraph.CallName: [KerasActivation]] = [:]
    // `check` has made the same pass: it cannot fail here.
    try? compute(reading, source, [], &values, &run)
    let encoder = attention.recorded(.encoder, in: run.whole)
    guard readsTarget else { return SequenceStart(state: nil, first: 0, encoder: encoder) }
    var started = state
    started.values = values
    return SequenceStart(state: started, first: configuration.startID, encoder: encoder)
  }

  /// The row of the last token of `given`, or for a model of one step the only one.
  fileprivate func step(_ state: KerasState, _ given: [Int], _ edits: [TapEdits]) -> (Tensor, KerasRun) {
    let taps = attention.taps(at: [.cross, .decoder])
    var run = KerasRun()
    run.sites = sites
    run.rows = edits.enumerated().map { row, edits in
      ForwardContext(recording: row == given.count - 1 ? taps : [], interventions: edits)
    }
    var values = state.values
    let row = readsTarget ? given.count - 1 : 0
    try? compute(readsTarget ? stepping : reading + stepping, state.source, given, &values, &run)
    let all = (try? output(values, row: row))?.elements ?? []
    let size = configuration.targetVocabularySize
    let logits = all.prefix(size) + [Float](repeating: -.infinity, count: max(0, size - all.count))
    return (Tensor([size], Array(logits)), run)
  }
}

private struct KerasState: SequenceState {
  let model: KerasFunctional
  let source: [Int]
  /// What the decoder has read.
  let given: [Int]
  /// What was changed at the row of each.
  let edits: [TapEdits]
  /// Of everything that the source alone decides.
  var values: [KerasGraph.CallName: [KerasActivation]]

  func step(_ token: Int, edits: TapEdits) -> SequenceStep {
    let (given, edits) = (given + [token], self.edits + [edits])
    let (logits, run) = model.step(self, given, edits)
    let (attention, seen) = (model.attention, run.rows[given.count - 1])
    let next = KerasState(model: model, source: source, given: given, edits: edits, values: values)
    return SequenceStep(
      next: next, logits: logits, cross: attention.recorded(.cross, in: seen),
      decoder: attention.recorded(.decoder, in: seen))
  }
}

extension KerasGraph.Layer {
  /// Whether its output is a softmax.
  fileprivate var givesProbabilities: Bool {
    switch className {
    case "Softmax": true
    case "TimeDistributed": settings.inner?.settings.name("activation") == "softmax"
    default: settings.name("activation") == "softmax"
    }
  }
}
