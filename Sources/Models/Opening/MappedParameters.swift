import Autograd
import Checkpoints
import Layers
import Tensors

/// From our parameters' names to how each is found in a checkpoint of somebody else's.
public struct ParameterMap: Sendable {
  private var recipes: [String: ParameterRecipe] = [:]
  /// Tells tensors that no model needs: what is stored twice, or for training alone.
  public var isHarmless: @Sendable (String) -> Bool = { _ in false }

  public init() {}

  public subscript(name: String) -> ParameterRecipe? {
    get { recipes[name] }
    set { recipes[name] = newValue }
  }

  /// PyTorch's `nn.Linear`: `weight` `[out, in]` and `bias`; where there is no bias, zeros.
  public mutating func linear(_ ours: String, _ theirs: String, hasBias: Bool = true) {
    self[ours + ".kernel"] = .transposed(.stored(theirs + ".weight"))
    self[ours + ".bias"] = hasBias ? .stored(theirs + ".bias") : .constant(0)
  }

  /// PyTorch's `nn.LayerNorm`; without `bias` for the root mean square form.
  public mutating func norm(_ ours: String, _ theirs: String) {
    self[ours + ".gamma"] = .stored(theirs + ".weight")
    self[ours + ".beta"] = .stored(theirs + ".bias")
  }
}

/// Parameters of a checkpoint that gives them other names, orders or shapes than ours.
public struct MappedParameters: CheckedParameters {
  private let archive: any TensorArchive
  private let map: ParameterMap
  private var used: Set<String> = []

  public init(_ archive: any TensorArchive, _ map: ParameterMap) {
    self.archive = archive
    self.map = map
  }

  public var file: String { archive.file }

  public mutating func weight(_ name: String, _ rows: Int, _ columns: Int, _ start: Initializer) throws -> Weight {
    .stored(try find(name, [rows, columns]).matrix)
  }

  public mutating func tensor(_ name: String, _ shape: Shape, _ start: Initializer) throws -> Variable {
    Variable(try find(name, shape.dimensions).matrix.tensor().reshaped(shape))
  }

  private mutating func find(_ name: String, _ wanted: [Int]) throws -> FoundParameter {
    guard let recipe = map[name] else {
      throw ModelError("\(archive.file): nothing is known of the parameter '\(name)' in files of this kind")
    }
    let names = recipe.names
    if let missing = names.first(where: { (try? archive.info(of: $0)) == nil }) {
      throw ModelError("\(archive.file): parameter '\(missing)' is missing; the file does not fit its configuration")
    }
    let found = try recipe.find(in: archive, wanted: wanted)
    guard found.shape == wanted else {
      throw ModelError(
        "\(archive.file): parameter '\(names.first ?? name)' gives shape \(found.shape), the configuration asks for "
          + "\(wanted)")
    }
    used.formUnion(names)
    return found
  }

  /// - Throws: `ModelError` if the checkpoint holds a parameter that nothing asked for and that is not known to be
  ///   harmless.
  public func requireAllUsed() throws {
    if let unused = archive.tensors.first(where: { !used.contains($0.name) && !map.isHarmless($0.name) }) {
      throw ModelError(
        "\(archive.file): parameter '\(unused.name)' has no place in the model that the configuration describes")
    }
  }
}
