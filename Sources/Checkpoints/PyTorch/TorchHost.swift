/// What a pickle of PyTorch's may ask for, after `torch/_utils.py` and `torch/_weights_only_unpickler.py`: storages,
/// tensors over them, and the containers of a state dictionary.
struct TorchHost: PickleHost {
  /// A run of numbers that tensors share.
  struct Storage {
    var key: String
    /// Nil where the tensor says it and the storage holds plain bytes.
    var type: DataType?
    /// Numbers, or bytes if it has no type.
    var count: Int
    /// Numbers before the first, in the storage of that key; only the oldest files have such views.
    var offset = 0
  }

  struct Tensor {
    var storage: Storage
    var type: DataType
    /// In numbers, from the storage's own start.
    var offset: Int
    var shape: [Int]
    var strides: [Int]
  }

  private enum Object {
    case storage(Storage)
    case tensor(Tensor)
  }

  /// TorchScript archives name classes of their own, which are taken as dictionaries of their attributes.
  let allowsScriptClasses: Bool
  private var objects: [Object] = []

  init(allowsScriptClasses: Bool = false) { self.allowsScriptClasses = allowsScriptClasses }

  func tensor(_ value: PickleValue) -> Tensor? {
    guard case .object(let place) = value, case .tensor(let tensor) = objects[place] else { return nil }
    return tensor
  }

  /// Every storage that was named, in order.
  var storages: [Storage] {
    objects.compactMap { if case .storage(let storage) = $0 { storage } else { nil } }
  }

  func allows(_ global: PickleGlobal) -> Bool {
    Self.functions.contains(global) || Self.type(global) != nil || Self.storageType(global) != nil
      || allowsScriptClasses && global.module.hasPrefix("__torch__")
  }

  private static let rebuild = "torch._utils"
  private static let functions: Set<PickleGlobal> = [
    PickleGlobal(rebuild, "_rebuild_tensor"), PickleGlobal(rebuild, "_rebuild_tensor_v2"),
    PickleGlobal(rebuild, "_rebuild_tensor_v3"), PickleGlobal(rebuild, "_rebuild_parameter"),
    PickleGlobal(rebuild, "_rebuild_parameter_with_state"), PickleGlobal("torch._tensor", "_rebuild_from_type_v2"),
    PickleGlobal("torch", "Tensor"), PickleGlobal("torch.nn.parameter", "Parameter"), PickleGlobal("torch", "Size"),
    PickleGlobal("torch", "device"), PickleGlobal("torch.serialization", "_get_layout"),
    PickleGlobal("collections", "OrderedDict"), PickleGlobal("collections", "defaultdict"),
    PickleGlobal("collections", "Counter"), PickleGlobal("builtins", "dict"), PickleGlobal("__builtin__", "dict"),
    PickleGlobal("builtins", "set"), PickleGlobal("__builtin__", "set"), PickleGlobal("builtins", "list"),
    PickleGlobal("__builtin__", "list"), PickleGlobal("builtins", "int"), PickleGlobal("builtins", "float"),
    PickleGlobal("_codecs", "encode"), PickleGlobal("numpy", "dtype"),
    PickleGlobal("numpy.core.multiarray", "scalar"), PickleGlobal("numpy._core.multiarray", "scalar"),
    PickleGlobal("torch.jit._pickle", "build_intlist"), PickleGlobal("torch.jit._pickle", "build_doublelist"),
    PickleGlobal("torch.jit._pickle", "build_boollist"), PickleGlobal("torch.jit._pickle", "build_tensorlist"),
  ]

  mutating func call(
    _ global: PickleGlobal, _ arguments: [PickleValue], _ heap: inout PickleHeap
  ) throws(CheckpointError.Rule) -> PickleValue {
    switch global.name {
    case "_rebuild_tensor", "_rebuild_tensor_v2": return try rebuilt(arguments, type: nil, heap)
    case "_rebuild_tensor_v3":
      guard arguments.count > 6, case .global(let name) = arguments[6], let type = Self.type(name) else {
        throw malformed(global)
      }
      return try rebuilt(arguments, type: type, heap)
    case "_rebuild_parameter", "_rebuild_parameter_with_state", "Parameter":
      guard let tensor = arguments.first, self.tensor(tensor) != nil else { throw malformed(global) }
      return tensor
    case "_rebuild_from_type_v2":
      guard arguments.count > 2, case .global(let function) = arguments[0],
        function.name.hasPrefix("_rebuild_"), function != global, let inner = heap.items(arguments[2])
      else { throw malformed(global) }
      return try call(function, inner, &heap)
    case "OrderedDict", "defaultdict", "Counter", "dict": return heap.dictionary(from: arguments)
    case "Size", "set", "list", "build_intlist", "build_doublelist", "build_boollist", "build_tensorlist":
      return arguments.first ?? heap.sequence()
    case "device", "_get_layout", "encode", "dtype", "int", "float": return arguments.first ?? .none
    case "scalar": return .none
    default:
      guard global.module.hasPrefix("__torch__") else { throw malformed(global) }
      return heap.dictionary()
    }
  }

  private mutating func rebuilt(
    _ arguments: [PickleValue], type: DataType?, _ heap: PickleHeap
  ) throws(CheckpointError.Rule) -> PickleValue {
    guard arguments.count >= 4, case .object(let place) = arguments[0], case .storage(let storage) = objects[place],
      case .int(let offset) = arguments[1], let shape = heap.sizes(arguments[2]),
      let strides = heap.sizes(arguments[3]),
      let type = type ?? storage.type, offset >= 0, shape.count == strides.count
    else { throw malformed(PickleGlobal(Self.rebuild, "_rebuild_tensor")) }
    objects.append(
      .tensor(Tensor(storage: storage, type: type, offset: offset, shape: shape, strides: strides)))
    return .object(objects.count - 1)
  }

  /// `('storage', class, key, place, count)`, with a view of another storage behind it in the oldest files.
  mutating func persistent(_ id: PickleValue, _ heap: inout PickleHeap) throws(CheckpointError.Rule) -> PickleValue {
    guard let items = heap.items(id), items.count >= 5, case .text("storage") = items[0],
      case .global(let name) = items[1], case .text(let key) = items[2], case .int(let count) = items[4], count >= 0,
      let type = Self.storageType(name)
    else { throw .damaged(.pytorch, "its pickle refers to something but a storage") }
    var storage = Storage(key: key, type: type.type, count: count)
    if items.count > 5, let view = heap.items(items[5]) {
      guard view.count == 3, case .int(let offset) = view[1], case .int(let length) = view[2], offset >= 0, length >= 0,
        offset <= count, length <= count - offset
      else { throw .damaged(.pytorch, "a view of the storage '\(key)' lies outside it") }
      storage.offset = offset
    }
    objects.append(.storage(storage))
    return .object(objects.count - 1)
  }

  /// State goes into a script class's dictionary; what an ordered dictionary carries beside its items is left out.
  func build(_ object: PickleValue, _ state: PickleValue, _ heap: inout PickleHeap) {
    guard allowsScriptClasses, case .dictionary(let place) = object, case .dictionary(let source) = state else {
      return
    }
    heap.move(source, to: place)
  }

  private func malformed(_ global: PickleGlobal) -> CheckpointError.Rule {
    .damaged(.pytorch, "its pickle calls \(global.description) with something else than PyTorch does")
  }

  private static let types: [String: DataType] = [
    "float32": .float32, "float": .float32, "float64": .float64, "double": .float64, "float16": .float16,
    "half": .float16, "bfloat16": .bfloat16, "uint8": .uint8, "int8": .int8, "int16": .int16, "short": .int16,
    "int32": .int32, "int": .int32, "int64": .int64, "long": .int64, "bool": .bool, "uint16": .uint16,
    "uint32": .uint32, "uint64": .uint64, "complex32": .complex32, "complex64": .complex64, "complex128": .complex128,
    "float8_e4m3fn": .float8E4M3, "float8_e5m2": .float8E5M2, "float8_e4m3fnuz": .float8E4M3FNUZ,
    "float8_e5m2fnuz": .float8E5M2FNUZ, "float8_e8m0fnu": .float8E8M0,
  ]

  private static func type(_ global: PickleGlobal) -> DataType? {
    global.module == "torch" ? types[global.name] : nil
  }

  private static let storageTypes: [String: DataType] = [
    "FloatStorage": .float32, "DoubleStorage": .float64, "HalfStorage": .float16, "BFloat16Storage": .bfloat16,
    "ByteStorage": .uint8, "CharStorage": .int8, "ShortStorage": .int16, "IntStorage": .int32, "LongStorage": .int64,
    "BoolStorage": .bool, "ComplexFloatStorage": .complex64, "ComplexDoubleStorage": .complex128,
  ]

  /// Nil for anything but a storage class; its type is nil for one of plain bytes.
  private static func storageType(_ global: PickleGlobal) -> (type: DataType?, Void)? {
    if global.module == "torch.storage", global.name == "UntypedStorage" { return (nil, ()) }
    guard global.module == "torch" || global.module == "torch.cuda" else { return nil }
    if let type = storageTypes[global.name] { return (type, ()) }
    return global.name == "UntypedStorage" ? (nil, ()) : nil
  }
}

extension PickleHeap {
  /// A dictionary from what its constructor was given: nothing, another one, or pairs; a default's class is left out.
  fileprivate mutating func dictionary(from arguments: [PickleValue]) -> PickleValue {
    let dictionary = dictionary()
    guard case .dictionary(let place) = dictionary else { return dictionary }
    for argument in arguments {
      if case .dictionary(let source) = argument { move(source, to: place) }
      for pair in takeItems(argument).compactMap(items) where pair.count == 2 { set(pair[0], pair[1], in: place) }
    }
    return dictionary
  }
}
