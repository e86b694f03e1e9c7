extension KerasGraph {
  /// Leaves out the masks of padding that Keras 3 writes down as operations of their own.
  ///
  /// An embedding with `mask_zero` makes the mask `NotEqual(ids, 0)`, and layers with several inputs are handed it, or
  /// what `Any` and the like make of it, under `mask`; a concatenation joins it with `ZerosLike` of truth values. Here
  /// masks go along with the tensors that they belong to, so only that use of them is dropped: an operation that anything
  /// else needs stays, and is refused by its name.
  static func withoutMasks(_ layers: [Layer], _ calls: [Call]) -> (layers: [Layer], calls: [Call]) {
    let named = Dictionary(layers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    func made(by className: String, where isWanted: (Call, KerasSettings) -> Bool) -> [Call] {
      calls.filter { call in
        named[call.name.layer].map { $0.className == className && isWanted(call, $0.settings) } ?? false
      }
    }
    let masked = Set(made(by: "Embedding") { $1.flag("mask_zero", default: false) }.flatMap(\.inputs))
    var masks = Set(
      made(by: "NotEqual") { call, _ in call.inputs.count == 1 && masked.contains(call.inputs[0]) }.map(\.name))
    guard !masks.isEmpty else { return (layers, calls) }
    masks.formUnion(made(by: "ZerosLike") { $1.name("dtype") == "bool" }.map(\.name))
    var isGrowing = true
    while isGrowing {
      let more = calls.filter { call in
        !masks.contains(call.name) && !call.needs.isEmpty && call.needs.allSatisfy { masks.contains($0.call) }
      }
      masks.formUnion(more.map(\.name))
      isGrowing = !more.isEmpty
    }
    var rest = calls
    for index in rest.indices where !masks.contains(rest[index].name) {
      if rest[index].outputs("mask").allSatisfy({ masks.contains($0.call) }) { rest[index].named["mask"] = nil }
    }
    let needed = Set(rest.filter { !masks.contains($0.name) }.flatMap(\.needs).map(\.call))
    guard masks.isDisjoint(with: needed) else { return (layers, rest) }
    rest.removeAll { masks.contains($0.name) }
    let called = Set(rest.map(\.name.layer))
    let dropped = Set(masks.map(\.layer)).subtracting(called)
    return (layers.filter { !dropped.contains($0.name) }, rest)
  }
}
