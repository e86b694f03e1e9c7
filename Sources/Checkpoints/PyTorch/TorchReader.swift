/// What `torch.save` writes: a ZIP archive with a pickle and a file for each storage, or the older run of pickles with
/// the storages behind them.
enum TorchReader {
  private static let pickleName = "data.pkl"

  /// At the archive's root or in the one folder that PyTorch puts around everything.
  static func isPickle(_ name: String) -> Bool {
    name == pickleName || name.hasSuffix("/" + pickleName) && name.count { $0 == "/" } == 1
  }

  static func readArchive(
    _ archive: ZipArchive, _ pickle: ZipEntry, _ mapping: MappedFile
  ) throws(CheckpointError.Rule) -> CheckpointContents {
    let folder = String(pickle.name.dropLast(pickleName.count))
    let isBigEndian = try archive[folder + "byteorder"].map { entry throws(CheckpointError.Rule) in
      try entry.small(limit: 64).withUnsafeBytes { $0.elementsEqual("big".utf8) }
    }
    let host = TorchHost(allowsScriptClasses: archive[folder + "constants.pkl"] != nil)
    let found = try pickle.small().withUnsafeBytes { bytes throws(CheckpointError.Rule) in
      var machine = PickleMachine(bytes, host: host)
      let root = try machine.next()
      return try TorchWalk(root, machine)
    }
    return try contents(found, mapping, isBigEndian: isBigEndian ?? false) { key throws(CheckpointError.Rule) in
      guard let entry = archive[folder + "data/" + key] else {
        throw .damaged(.pytorch, "the storage '\(key)' is missing")
      }
      return (entry, entry.byteCount)
    }
  }

  /// The first pickle of the older form, which is also its magic number; two's complement.
  private static let magic: [UInt8] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]

  /// What a pickle holds that may be one of the older form: there it stands behind the magic number, a version and facts about
  /// the machine that wrote it.
  static func root<Host>(
    _ machine: inout PickleMachine<Host>
  ) throws(CheckpointError.Rule) -> (value: PickleValue, isLegacy: Bool) {
    let first = try machine.next()
    guard case .longInt(magic) = first else { return (first, false) }
    for _ in 0..<2 { _ = try machine.next() }
    return (try machine.next(), true)
  }

  static func readLegacy(_ mapping: MappedFile) throws(CheckpointError.Rule) -> CheckpointContents {
    var storages: [String: Range<Int>] = [:]
    let found = try TensorBytes(mapping).withUnsafeBytes { bytes throws(CheckpointError.Rule) in
      var machine = PickleMachine(bytes, host: TorchHost())
      let (root, isLegacy) = try Self.root(&machine)
      guard isLegacy else {
        throw .unsupported(.pytorch, "a pickle, but not one that torch.save wrote")
      }
      let list = try machine.next()
      let keys = machine.heap.items(list) ?? []
      storages = try Self.storages(keys, machine.host, bytes, from: machine.position)
      return try TorchWalk(root, machine)
    }
    return try contents(found, mapping, isBigEndian: false) { key throws(CheckpointError.Rule) in
      guard let range = storages[key] else { throw .damaged(.pytorch, "the storage '\(key)' is missing") }
      return (StoredSource(stored: TensorBytes(mapping, range: range)), range.count)
    }
  }

  /// Where each storage lies: one behind the other in the order of `keys`, each with its length before it.
  private static func storages(
    _ keys: [PickleValue], _ host: TorchHost, _ bytes: UnsafeRawBufferPointer, from position: Int
  ) throws(CheckpointError.Rule) -> [String: Range<Int>] {
    let known = Dictionary(host.storages.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    var reader = ByteReader(bytes, .pytorch, at: position)
    var ranges: [String: Range<Int>] = [:]
    for key in keys {
      guard case .text(let key) = key, let storage = known[key], ranges[key] == nil else {
        throw .damaged(.pytorch, "its list of storages does not fit its tensors")
      }
      let count = try reader.count("the length of a storage")
      let (byteCount, overflow) = count.multipliedReportingOverflow(by: storage.type?.bytesPerBlock ?? 1)
      guard !overflow else { throw .damaged(.pytorch, "the storage '\(key)' claims \(count) numbers") }
      ranges[key] = try reader.take(byteCount, "a storage")
    }
    guard reader.isAtEnd else { throw .damaged(.pytorch, "bytes stand behind the last storage") }
    return ranges
  }

  private static func contents(
    _ found: TorchWalk, _ mapping: MappedFile, isBigEndian: Bool,
    storage: (String) throws(CheckpointError.Rule) -> (source: any TensorSource, byteCount: Int)
  ) throws(CheckpointError.Rule) -> CheckpointContents {
    guard !found.tensors.isEmpty else { throw .unsupported(.pytorch, "a pickle that holds no tensor") }
    var contents = CheckpointContents(format: .pytorch, metadata: found.metadata, storedBytes: mapping.count)
    for (name, tensor) in found.tensors {
      let (base, available) = try storage(tensor.storage.key)
      let width = tensor.type.bytesPerBlock
      let isComplex = [.complex32, .complex64, .complex128].contains(tensor.type)
      let (offset, overflow) = tensor.offset.addingReportingOverflow(tensor.storage.offset)
      guard !overflow,
        let source = StridedSource(
          base, offset: offset, shape: tensor.shape, strides: tensor.strides, available: available / width,
          width: width, swapped: !isBigEndian ? 1 : isComplex ? width / 2 : width)
      else { throw .damaged(.pytorch, "the tensor '\(name)' reaches outside its storage") }
      let byteCount = try tensor.type.byteCount(of: tensor.shape)
      let info = TensorInfo(name: name, type: tensor.type, shape: tensor.shape, byteCount: byteCount)
      contents.entries.append(CheckpointContents.Entry(info: info, source: source))
    }
    return contents
  }
}
