/// Looks through what a pickle built for tensors, whose names are the keys on the way to them, joined by dots.
struct TorchWalk {
  static let deepest = 100
  /// Far above the entries of a large checkpoint with its optimizer; one value may be reached on several ways.
  static let visitLimit = 500_000
  static let longestName = 1024

  private(set) var tensors: [(name: String, tensor: TorchHost.Tensor)] = []
  /// Single numbers and texts under names of their own, such as an epoch.
  private(set) var metadata: [String: String] = [:]
  private var visits = 0

  /// - Throws: `damaged` for a root that is nested too deeply, in a circle above all, or too large.
  init(_ root: PickleValue, _ machine: PickleMachine<TorchHost>) throws(CheckpointError.Rule) {
    try visit(root, "", depth: 0, machine)
  }

  private mutating func visit(
    _ value: PickleValue, _ name: String, depth: Int, _ machine: PickleMachine<TorchHost>
  ) throws(CheckpointError.Rule) {
    visits += 1
    guard visits <= Self.visitLimit else { throw .damaged(.pytorch, "it holds over \(Self.visitLimit) values") }
    guard depth <= Self.deepest else { throw .damaged(.pytorch, "its dictionaries are nested too deeply") }
    switch value {
    case .object:
      if let tensor = machine.host.tensor(value) { tensors.append((name, tensor)) }
    case .dictionary(let place):
      for (key, value) in machine.heap.dictionaries[place] {
        guard let key = Self.text(key) else { continue }
        try visit(value, try joined(name, key), depth: depth + 1, machine)
      }
    case .sequence(let place):
      for (index, value) in machine.heap.sequences[place].enumerated() where Self.text(value) == nil {
        try visit(value, try joined(name, String(index)), depth: depth + 1, machine)
      }
    case .bool, .int, .float, .text:
      if !name.isEmpty { metadata[name] = Self.text(value) }
    case .none, .longInt, .bytes, .global: break
    }
  }

  private func joined(_ name: String, _ key: String) throws(CheckpointError.Rule) -> String {
    guard name.utf8.count + key.utf8.count < Self.longestName else {
      throw .damaged(.pytorch, "a name is longer than \(Self.longestName) bytes")
    }
    return name.isEmpty ? key : "\(name).\(key)"
  }

  private static func text(_ value: PickleValue) -> String? {
    switch value {
    case .bool(let flag): flag ? "True" : "False"
    case .int(let number): String(number)
    case .float(let number): "\(number)"
    case .text(let text): text
    case .none, .longInt, .bytes, .global, .sequence, .dictionary, .object: nil
    }
  }
}
