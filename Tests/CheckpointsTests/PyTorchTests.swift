import Foundation
import Testing

@testable import Checkpoints

@Suite struct PyTorchTests {
  @Test func everyTensorReadsAsPyTorchReadsIt() throws { try ReferenceFiles("pytorch").compareAll() }

  @Test func singleValuesBesideTheTensorsAreMetadata() throws {
    let metadata = try Checkpoint(path: fixture("pytorch/nested.pt")).metadata
    #expect(
      metadata == ["epoch": "3", "loss": "0.25", "name": "tiny", "optimizer.param_groups.0.lr": "0.1"])
  }

  @Test func tensorsThatLieInARowStayInTheFile() throws {
    let views = try Checkpoint(path: fixture("pytorch/views.pt"))
    for name in ["full", "rows", "part"] { #expect(try views.bytes(of: name).owner is MappedFile) }
    for name in ["transposed", "columns", "expanded"] { #expect(!(try views.bytes(of: name).owner is MappedFile)) }
  }

  @Test func whatAsksToBeRunIsRefusedByName() throws {
    for (file, global) in [
      ("runs.pt", "posix.system"), ("runs-legacy.pt", "posix.system"),
      ("module.pt", "torch.nn.modules.linear.Linear"),
    ] {
      let path = try fixture("pytorch/" + file)
      #expect(throws: CheckpointError(file: path, rule: .forbidden(global))) { try Checkpoint(path: path) }
    }
    #expect(!FileManager.default.fileExists(atPath: "PICKLE_WAS_EXECUTED.txt"))
  }

  @Test func filesCutAnywhereAreRefused() throws {
    for file in ["bare.pt", "bare-legacy.pt", "nested-legacy.pt"] {
      try Damage.cutEverywhere(fixture("pytorch/" + file), step: 11)
    }
  }

  @Test func anyDamageEndsInOneLine() throws {
    for (seed, file) in ["views.pt", "nested.pt", "views-legacy.pt", "nested-legacy.pt", "script.pt"].enumerated() {
      try Damage.flip(fixture("pytorch/" + file), seed: UInt64(seed), count: 120)
    }
  }
}

@Suite struct PickleTests {
  private func error(_ pickle: [UInt8]) -> CheckpointError.Rule? {
    do throws(CheckpointError.Rule) {
      let bytes = TensorBytes(HeldBytes(count: pickle.count) { $0.copyBytes(from: pickle) })
      try bytes.withUnsafeBytes { bytes throws(CheckpointError.Rule) in
        var machine = PickleMachine(bytes, host: TorchHost())
        _ = try TorchWalk(try machine.next(), machine)
      }
      return nil
    } catch {
      return error
    }
  }

  private func damaged(_ what: String) -> CheckpointError.Rule { .damaged(.pytorch, what) }

  /// What importing and calling looks like in each protocol; none of them gets as far as a call.
  @Test func everyWayToNameAFunctionIsRefused() {
    #expect(error(Array("cos\nsystem\n(X\u{2}\0\0\0lstR.".utf8)) == .forbidden("os.system"))
    #expect(
      error([0x8c, 2] + Array("os".utf8) + [0x8c, 6] + Array("system".utf8) + [0x93, 0x2e]) == .forbidden("os.system"))
    #expect(error(Array("(S'ls'\nios\nsystem\n.".utf8)) == .forbidden("os.system"))
    #expect(error(Array("(cos\nsystem\no.".utf8)) == .forbidden("os.system"))
    #expect(error([0x80, 2, 0x82, 1, 0x2e]) == damaged("its pickle has the opcode 130 at byte 2, which none needs"))
    #expect(error(Array("cbuiltins\neval\n.".utf8)) == .forbidden("builtins.eval"))
    #expect(error(Array("ctorch._utils\n_rebuild_tensor_v2\n.".utf8)) == nil)
  }

  @Test func brokenPickles() {
    #expect(error([]) == damaged("it ends inside its pickle"))
    #expect(error(Array(".".utf8)) == damaged("its pickle ends with loose parts"))
    #expect(error(Array("NN.".utf8)) == damaged("its pickle ends with loose parts"))
    #expect(error(Array("(N.".utf8)) == damaged("its pickle ends with loose parts"))
    #expect(error(Array("0.".utf8)) == damaged("its pickle takes from an empty stack"))
    #expect(error(Array("N(0.".utf8)) == damaged("its pickle takes from an empty stack"))
    #expect(error(Array("t.".utf8)) == damaged("its pickle takes from an empty stack"))
    #expect(error(Array("Na.".utf8)) == damaged("its pickle takes from an empty stack"))
    #expect(error(Array("NNa.".utf8)) == damaged("its pickle adds to something but a list"))
    #expect(error(Array("NNNs.".utf8)) == damaged("its pickle puts a key into something but a dictionary"))
    #expect(error(Array("}(Nu.".utf8)) == damaged("its pickle puts a key into something but a dictionary"))
    #expect(error(Array("h\u{5}.".utf8)) == damaged("its pickle recalls what it never kept"))
    #expect(error([0x8d] + [UInt8](repeating: 0xff, count: 8)) == damaged("its pickle is too large"))
    #expect(error([0x8d] + [UInt8](repeating: 0xff, count: 7) + [0x7f]) == damaged("it ends inside its pickle"))
    #expect(error(Array("N)R.".utf8)) == damaged("its pickle calls something that is no function"))
    #expect(error(Array("NQ.".utf8)) == damaged("its pickle refers to something but a storage"))
    #expect(
      error(Array("ctorch._utils\n_rebuild_tensor_v2\n)R.".utf8))
        == damaged("its pickle calls torch._utils._rebuild_tensor with something else than PyTorch does"))
  }

  /// A list in itself; a hundred thousand lists in each other; thirty lists that each hold the one before twice.
  @Test func nestingCostsNeitherStackNorTime() {
    let deep = damaged("its dictionaries are nested too deeply")
    #expect(error(Array("]q\0h\0a.".utf8)) == deep)
    #expect(
      error([UInt8](repeating: 0x5d, count: 100_000) + [UInt8](repeating: 0x61, count: 99_999) + [0x2e]) == deep)
    var doubling = Array("(]q\0".utf8)
    for level: UInt8 in 1...30 { doubling += [0x5d, 0x28, 0x68, level - 1, 0x68, level - 1, 0x65, 0x71, level] }
    doubling += Array("l.".utf8)
    #expect(error(doubling) == damaged("it holds over \(TorchWalk.visitLimit) values"))
  }
}
