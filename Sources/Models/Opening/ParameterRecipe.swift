import Checkpoints
import Tensors

/// How one of our parameters is found in somebody else's checkpoint.
///
/// Nothing is copied where the numbers lie in the file, up to order of rows and columns, as they are needed: views are
/// read in place, in the file's own type.
public indirect enum ParameterRecipe: Sendable {
  /// The tensor of this name.
  case stored(String)
  /// A matrix turned round: `[out, in]` read as `[in, out]`.
  case transposed(ParameterRecipe)
  /// Some rows or columns of a matrix, e.g. the queries of a fused projection; of a vector, its elements are columns.
  case rows(ParameterRecipe, Range<Int>)
  case columns(ParameterRecipe, Range<Int>)
  /// The same numbers in the same order, in another shape.
  case reshaped(ParameterRecipe, [Int])
  /// Matrices one under the other or side by side, or vectors one after the other; copied, in the type of the first.
  /// Of ranges of one tensor it is a permutation, e.g. of a recurrent layer's gates.
  case joinedRows([ParameterRecipe])
  case joinedColumns([ParameterRecipe])
  /// Numbers that the file leaves out since they are all the same, such as the zeros of a bias.
  case constant(Float)
  /// Numbers that have to be computed, e.g. from integers and their scales; `stored` names the tensors that they come
  /// from.
  case computed(from: [String], @Sendable (any TensorArchive) throws -> Tensor)

  /// Every tensor that the recipe reads.
  public var names: [String] {
    switch self {
    case .stored(let name): [name]
    case .transposed(let recipe), .rows(let recipe, _), .columns(let recipe, _), .reshaped(let recipe, _):
      recipe.names
    case .joinedRows(let recipes), .joinedColumns(let recipes): recipes.flatMap(\.names)
    case .constant: []
    case .computed(let names, _): names
    }
  }
}

/// What a recipe gave: the numbers as a matrix, a vector being one row, and the shape that they have by right.
struct FoundParameter {
  var matrix: StoredMatrix
  var shape: [Int]

  init(_ matrix: StoredMatrix) {
    self.matrix = matrix
    shape = [matrix.rows, matrix.columns]
  }

  init(_ matrix: StoredMatrix, shape: [Int]) {
    self.matrix = matrix
    self.shape = shape
  }
}

extension ParameterRecipe {
  /// Finds the numbers.
  ///
  /// - Parameter wanted: the shape that the model asks for; a constant has no other.
  /// - Throws: `CheckpointError`, or `ModelError` for a recipe that does not fit the tensor.
  func find(in archive: any TensorArchive, wanted: [Int]) throws -> FoundParameter {
    func inner(_ recipe: ParameterRecipe) throws -> FoundParameter { try recipe.find(in: archive, wanted: wanted) }
    switch self {
    case .stored(let name):
      let (matrix, shape) = try archive.rows(named: name)
      return FoundParameter(matrix, shape: shape)
    case .transposed(let recipe):
      let found = try inner(recipe)
      guard found.shape.count == 2 else { throw misfit(archive, found.shape, "a matrix") }
      return FoundParameter(found.matrix.transposed)
    case .rows(let recipe, let range):
      let found = try inner(recipe)
      guard found.shape.count == 2, Self.fits(range, found.shape[0]) else {
        throw misfit(archive, found.shape, "rows \(range.lowerBound) to \(range.upperBound)")
      }
      return FoundParameter(found.matrix.rows(range))
    case .columns(let recipe, let range):
      let found = try inner(recipe)
      guard let last = found.shape.last, found.shape.count <= 2, Self.fits(range, last) else {
        throw misfit(archive, found.shape, "columns \(range.lowerBound) to \(range.upperBound)")
      }
      return FoundParameter(found.matrix.columns(range), shape: found.shape.dropLast() + [range.count])
    case .reshaped(let recipe, let shape):
      let found = try inner(recipe)
      let (rows, columns) = (shape.dropLast().reduce(1, *), shape.last ?? 1)
      guard rows * columns == found.matrix.rows * found.matrix.columns else {
        throw misfit(archive, found.shape, "\(rows * columns) numbers")
      }
      return FoundParameter(found.matrix.reshaped(rows: rows, columns: columns), shape: shape)
    case .joinedRows(let recipes):
      let parts = try recipes.map { FoundParameter(try inner($0).matrix.transposed) }
      return FoundParameter(try joined(parts, archive).matrix.transposed)
    case .joinedColumns(let recipes):
      return try joined(recipes.map(inner), archive)
    case .constant(let value):
      let rows = wanted.dropLast().reduce(1, *)
      return FoundParameter(StoredMatrix(Tensor([rows, wanted.last ?? 1], repeating: value)), shape: wanted)
    case .computed(_, let compute):
      let tensor = try compute(archive)
      let shape = tensor.shape.dimensions
      let rows = shape.dropLast().reduce(1, *)
      return FoundParameter(StoredMatrix(tensor.reshaped([rows, shape.last ?? 1])), shape: shape)
    }
  }

  private static func fits(_ range: Range<Int>, _ count: Int) -> Bool {
    range.lowerBound >= 0 && range.upperBound <= count
  }

  /// Side by side; vectors stay vectors.
  private func joined(_ parts: [FoundParameter], _ archive: any TensorArchive) throws -> FoundParameter {
    guard let first = parts.first else { throw ModelError("\(archive.file): nothing to join") }
    for part in parts where part.matrix.rows != first.matrix.rows {
      throw misfit(archive, part.shape, "\(first.matrix.rows) rows")
    }
    let columns = parts.reduce(0) { $0 + $1.matrix.columns }
    var whole = Tensor.zeros([first.matrix.rows, columns])
    var start = 0
    for part in parts {
      whole.addColumns(start..<(start + part.matrix.columns), part.matrix.tensor())
      start += part.matrix.columns
    }
    let matrix = StoredMatrix(whole, elementType: first.matrix.elementType)
    return FoundParameter(matrix, shape: first.shape.dropLast() + [columns])
  }

  private func misfit(_ archive: any TensorArchive, _ shape: [Int], _ wanted: String) -> ModelError {
    ModelError("\(archive.file): parameter '\(names.first ?? "")' has shape \(shape), the model needs \(wanted) of it")
  }
}
