import Checkpoints
import JSON

/// Opens a functional model whose file holds its configuration.
enum KerasOpening {
  private static let key = "config"

  /// The configuration that a file holds; nil for one without, or of a model that is not functional.
  static func functional(_ archive: any TensorArchive) -> JSONValue? {
    guard let text = archive.metadata[key],
      let json = try? Array(text.utf8).withUnsafeBytes({ try JSONReader.read($0) }), KerasGraph.isFunctional(json)
    else { return nil }
    return json
  }

  /// - Throws: `ModelError` for a model that cannot be computed, or for what only a person can say.
  static func recognise(
    _ json: JSONValue, _ archive: any TensorArchive, _ facts: RecognitionFacts
  ) throws -> Recognition {
    let graph = try KerasGraph(json, file: facts.file)
    let attention = ["MultiHeadAttention", "AdditiveAttention", "Attention"]
    guard graph.layers.contains(where: { attention.contains($0.className) }) else {
      let classes = Set(graph.layers.map(\.className)).sorted().joined(separator: ", ")
      throw ModelError(
        "\(facts.file): has no attention that heed knows among its layers (\(classes)); heed inspect shows its tensors")
    }
    // TensorFlow's names are ways through objects; Keras' own stand beside them.
    let isTensorFlow = archive.format == .tensorflow
    let weights = KerasWeights(graph, archive.tensors) { isTensorFlow ? $0.label ?? $0.name : $0.name }
    var c = KerasConfiguration()
    c.graph = archive.metadata[key] ?? c.graph
    c.sizes = weights.sizes
    c.kerasVersion = facts.kerasVersion?.hasPrefix("2") == true ? 2 : 3
    do {
      try describe(&c, graph, weights, facts)
    } catch let error as ModelError where !error.description.hasPrefix(facts.file) {
      throw ModelError("\(facts.file): \(error)")
    }
    let names = graph.layers.filter { attention.contains($0.className) }.map { "\($0.className) '\($0.name)'" }
    var notes: [String] = []
    if try KerasInputs(graph).inputs.contains(where: { $0.oneHot != nil }) {
      notes.append("its input is rows of numbers: ids go in as rows with a single one")
    }
    var map = weights.map
    let ignored = LayerTable(archive.tensors).ignored
    map.isHarmless = { ignored.contains($0) }
    return Recognition(
      architecture: "Keras functional model with \(names.joined(separator: ", "))", configuration: c, map: map,
      notes: notes)
  }

  /// Lengths that a configuration fixes: tokens of its first input, and how many outputs it has, where there are several.
  static func lengths(_ json: JSONValue) -> (source: Int?, target: Int?) {
    guard let graph = try? KerasGraph(json, file: ""), let input = graph.inputs.first?.call.layer else {
      return (nil, nil)
    }
    let shape = graph.layers.first { $0.name == input }?.settings.inputShape
    return (shape?.first ?? nil, graph.outputs.count > 1 ? graph.outputs.count : nil)
  }

  private static func describe(
    _ c: inout KerasConfiguration, _ graph: KerasGraph, _ weights: KerasWeights, _ facts: RecognitionFacts
  ) throws {
    let inputs = try KerasInputs(graph)
    /// Rows of the table that looks an input up, or the width of its rows.
    func vocabulary(_ input: KerasInputs.Input) throws -> Int {
      if let width = input.oneHot { return width }
      let rows = graph.calls.filter { $0.inputs.contains(input.output) }.compactMap {
        weights.sizes[$0.name.layer]?.first
      }
      guard let size = rows.min() else { throw ModelError("the input '\(input.output.call.layer)' has no embedding") }
      return size
    }
    if let source = inputs.source {
      c.sourceVocabularySize = try vocabulary(source)
      c.paddedSourceLength = source.length ?? facts.options.sourceLength
      c.maximumSourceLength = source.length ?? c.maximumSourceLength
    }
    c.padID = 0
    let output = outputWidth(graph, weights)
    guard let target = inputs.target else {
      facts.describeSource(&c, hasStart: true)
      c.targetVocabularySize = max(output ?? 1, 1)
      c.maximumTargetLength = 1
      return
    }
    c.targetVocabularySize = min(try vocabulary(target), output ?? .max)
    c.startID = try facts.startID()
    c.endID = try facts.endID()
    for (flag, id) in [("--start-id", c.startID), ("--end-id", c.endID)] where id < 0 || id >= c.targetVocabularySize {
      throw ModelError("\(flag) \(id) is outside the target vocabulary of \(c.targetVocabularySize) tokens")
    }
    if let length = target.length { c.maximumTargetLength = length }
    facts.describeSource(&c, hasStart: true)
  }

  /// Numbers of the first output, where the layer that gives it has weights that say so, or those of what it reads.
  private static func outputWidth(_ graph: KerasGraph, _ weights: KerasWeights) -> Int? {
    var place: KerasGraph.Output? = graph.outputs.first
    for _ in 0..<graph.calls.count {
      guard let call = place?.call else { return nil }
      if let width = weights.sizes[call.layer]?.last { return width }
      place = graph.calls.first { $0.name == call }?.inputs.first
    }
    return nil
  }
}
