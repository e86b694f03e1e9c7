import Checkpoints
import Foundation
import Layers
import Tensors
import TestSupport
import Testing

@testable import Models

/// How parameters are found in somebody else's checkpoint, and what is said where nothing can be opened.
@Suite struct OpeningTests {
  private let tensors: [String: Tensor] = [
    "fused": Tensor([2, 6], (0..<12).map { Float($0) }), "weight": Tensor([3, 2], (0..<6).map { Float($0) + 0.5 }),
    "bias": Tensor([6], (0..<6).map { Float($0) }), "cube": Tensor([2, 3, 2], (0..<12).map { Float($0) }),
  ]

  private func withArchive(_ body: (SafetensorsArchive) throws -> Void) throws {
    try withTemporaryFolder { folder in
      var writer = SafetensorsWriter()
      for name in tensors.keys.sorted() { try tensors[name].map { try writer.add(name, $0) } }
      try writer.write(to: folder + "/model.safetensors")
      try body(SafetensorsArchive(path: folder + "/model.safetensors"))
    }
  }

  private func found(_ recipe: ParameterRecipe, _ shape: Shape) throws -> [Float] {
    var result: [Float] = []
    try withArchive { archive in
      var map = ParameterMap()
      map["x"] = recipe
      var parameters = MappedParameters(archive, map)
      result =
        shape.rank == 2
        ? try parameters.weight("x", shape[0], shape[1], .zeros).gather(Array(0..<shape[0])).value.elements
        : try parameters.tensor("x", shape, .zeros).value.elements
    }
    return result
  }

  @Test func recipesSayWhereNumbersLie() throws {
    #expect(try found(.stored("weight"), [3, 2]) == [0.5, 1.5, 2.5, 3.5, 4.5, 5.5])
    #expect(try found(.transposed(.stored("weight")), [2, 3]) == [0.5, 2.5, 4.5, 1.5, 3.5, 5.5])
    #expect(try found(.columns(.stored("fused"), 2..<4), [2, 2]) == [2, 3, 8, 9])
    #expect(try found(.rows(.transposed(.stored("fused")), 1..<3), [2, 2]) == [1, 7, 2, 8])
    #expect(try found(.columns(.stored("bias"), 2..<5), [3]) == [2, 3, 4])
    #expect(try found(.reshaped(.stored("cube"), [2, 6]), [2, 6]) == (0..<12).map { Float($0) })
    #expect(try found(.constant(0.25), [3]) == [0.25, 0.25, 0.25])
    let gates = [4..<6, 0..<2, 2..<4]
    #expect(
      try found(.joinedColumns(gates.map { .columns(.stored("fused"), $0) }), [2, 6]) == [
        4, 5, 0, 1, 2, 3, 10, 11, 6, 7, 8, 9,
      ])
    #expect(try found(.joinedColumns(gates.map { .columns(.stored("bias"), $0) }), [6]) == [4, 5, 0, 1, 2, 3])
    #expect(
      try found(.joinedRows([.rows(.stored("weight"), 2..<3), .stored("weight")]), [4, 2]).prefix(3) == [4.5, 5.5, 0.5])
    let computed = ParameterRecipe.computed(from: ["bias"]) { try $0.tensor(named: "bias") * 2 }
    #expect(try found(computed, [6]) == [0, 2, 4, 6, 8, 10])
  }

  @Test func whatDoesNotFitIsNamed() throws {
    func message(_ recipe: ParameterRecipe, _ shape: Shape) -> String {
      var text = ""
      #expect(throws: (any Error).self) {
        do { _ = try found(recipe, shape) } catch {
          text = "\(error)"
          throw error
        }
      }
      return text
    }
    #expect(message(.stored("none"), [2]).contains("parameter 'none' is missing"))
    #expect(
      message(.stored("weight"), [2, 3]).contains("'weight' gives shape [3, 2], the configuration asks for [2, 3]"))
    #expect(message(.columns(.stored("fused"), 4..<9), [2, 5]).contains("'fused' has shape [2, 6]"))
    #expect(message(.transposed(.stored("bias")), [6, 1]).contains("'bias' has shape [6]"))
    #expect(message(.reshaped(.stored("cube"), [5, 2]), [5, 2]).contains("'cube' has shape"))
  }

  @Test func whatNothingAskedForIsAnErrorUnlessHarmless() throws {
    try withArchive { archive in
      var map = ParameterMap()
      map["a"] = .columns(.stored("fused"), 0..<3)
      map["b"] = .stored("bias")
      map.isHarmless = { $0 == "cube" }
      var parameters = MappedParameters(archive, map)
      _ = try parameters.weight("a", 2, 3, .zeros)
      _ = try parameters.tensor("b", [6], .zeros)
      #expect(throws: ModelError.self) { try parameters.requireAllUsed() }
      map["c"] = .stored("weight")
      parameters = MappedParameters(archive, map)
      for name in ["a", "b"] {
        _ =
          name == "a"
          ? try parameters.weight(name, 2, 3, .zeros).rows : try parameters.tensor(name, [6], .zeros).shape[0]
      }
      _ = try parameters.weight("c", 3, 2, .zeros)
      try parameters.requireAllUsed()
    }
  }

  @Test func whatCannotBeOpenedSaysSo() throws {
    func message(_ path: String) -> String {
      do {
        _ = try ModelFolder(path: path)
        return "opened"
      } catch { return "\(error)" }
    }
    try withTemporaryFolder { folder in
      #expect(
        message(folder)
          == "\(folder)/config.json: cannot be read; a model folder holds config.json and model.safetensors")
      try Data("{\"model_type\": \"bloom\"}".utf8).write(to: URL(fileURLWithPath: folder + "/config.json"))
      #expect(message(folder).hasPrefix("\(folder)/config.json: model_type is 'bloom'; this version of heed opens"))
      try Data("[]".utf8).write(to: URL(fileURLWithPath: folder + "/config.json"))
      #expect(
        message(folder) == "\(folder)/config.json: not a JSON object; a model's config.json is needed here")
    }
    try withArchive { archive in
      #expect(message(archive.file).contains("has no attention parameters"))
    }
  }
}
