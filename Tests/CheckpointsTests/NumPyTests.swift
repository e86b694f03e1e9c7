import Foundation
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct NumPyTests {
  @Test func everyArrayReadsAsNumPyReadsIt() throws { try ReferenceFiles("numpy").compareAll() }

  @Test func arraysWithoutPlainNumbersAreRefused() throws {
    let objects = try fixture("numpy/objects.npy")
    #expect(
      throws: CheckpointError(
        file: objects, rule: .unsupported(.numpy, "an array of Python objects, which only Python could unpickle"))
    ) { try Checkpoint(path: objects) }
    let records = try fixture("numpy/records.npy")
    #expect(throws: CheckpointError(file: records, rule: .unsupported(.numpy, "an array of records"))) {
      try Checkpoint(path: records)
    }
  }

  @Test func storedArraysStayInTheFileAndPackedOnesDoNot() throws {
    let stored = try Checkpoint(path: fixture("numpy/stored.npz")).bytes(of: "weights")
    #expect(stored.owner is MappedFile)
    let packed = try Checkpoint(path: fixture("numpy/deflated.npz")).bytes(of: "weights")
    #expect(!(packed.owner is MappedFile))
  }

  /// The bytes of an array with this header.
  private func array(_ header: String, data: Int) -> [UInt8] {
    ArrayHeader.magic + [1, 0] + withUnsafeBytes(of: UInt16(header.utf8.count).littleEndian, Array.init)
      + Array(header.utf8) + [UInt8](repeating: 0, count: data)
  }

  @Test func headersThatNumPyDoesNotWrite() throws {
    let cases: [(header: String, data: Int, rule: CheckpointError.Rule)] = [
      ("", 0, .damaged(.numpy, "its header is not a dictionary")),
      ("{'descr': '<f4'", 0, .damaged(.numpy, "its header is not a dictionary")),
      ("{'descr': '<f4', 'descr': '<f4'}", 0, .damaged(.numpy, "its header is not a dictionary")),
      ("{'descr': '<f4'}", 0, .damaged(.numpy, "its header does not hold descr, fortran_order and shape")),
      (
        "{'descr': '<f4', 'fortran_order': 0, 'shape': ()}", 4,
        .damaged(.numpy, "fortran_order is not True or False")
      ),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': 3}", 12, .damaged(.numpy, "its shape is not a tuple")),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", 0, .badShape),
      (
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", 7, .sizeMismatch(expected: 8, found: 7)
      ),
      (
        "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 2)}", 8, .shapeOverflow
      ),
      ("{'descr': '<f3', 'fortran_order': False, 'shape': (2,)}", 8, .unknownType("<f3")),
      (String(repeating: "(", count: 60_000), 0, .damaged(.numpy, "its header is not a dictionary")),
    ]
    try withTemporaryFolder { folder in
      let path = folder + "/a.npy"
      for (header, data, rule) in cases {
        try AtomicFile.write(array(header, data: data), to: path)
        #expect(throws: CheckpointError(file: path, rule: rule), "\(header.prefix(60))") { try Checkpoint(path: path) }
      }
    }
  }

  @Test func filesCutAnywhereAreRefused() throws {
    for (file, step) in [("one.npy", 1), ("version2.npy", 1), ("stored.npz", 17), ("deflated.npz", 13)] {
      try Damage.cutEverywhere(fixture("numpy/" + file), step: step)
    }
  }

  @Test func anyDamageEndsInOneLine() throws {
    for (seed, file) in ["one.npy", "version2.npy", "stored.npz", "deflated.npz"].enumerated() {
      try Damage.flip(fixture("numpy/" + file), seed: UInt64(seed), count: 150)
    }
  }
}
