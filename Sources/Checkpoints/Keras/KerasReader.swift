import JSON

/// What Keras saves: HDF5 files of Keras 2 (whole models, and weights alone), `.weights.h5` of Keras 3 and of the last
/// Keras 2, and `.keras` archives with such a file in them. Any other HDF5 file is read as the datasets that it has.
///
/// Groups of Keras 2 are layers, and attributes list them and their weights in the model's order. Groups of Keras 3
/// are the attributes of Python objects, with numbered variables; there the layers' own names are attributes.
enum KerasReader {
  static let archivedWeights = "model.weights.h5"
  private static let wholeModelGroup = "model_weights"

  static func readArchive(
    _ archive: ZipArchive, _ weights: ZipEntry, _ mapping: MappedFile
  ) throws(CheckpointError.Rule) -> CheckpointContents {
    var contents = try read(try weights.bytes(), storedBytes: mapping.count)
    contents.format = .keras
    if let configuration = try text(archive["config.json"]) { contents.metadata["config"] = configuration }
    if let metadata = try text(archive["metadata.json"]) {
      let value = Array(metadata.utf8).withUnsafeBytes { try? JSONReader.read($0) }
      for (key, value) in strings(value) { contents.metadata[key] = value }
    }
    return contents
  }

  private static func text(_ entry: ZipEntry?) throws(CheckpointError.Rule) -> String? {
    guard let entry else { return nil }
    let text = try entry.small().withUnsafeBytes { String(validating: $0, as: UTF8.self) }
    guard let text else { throw .damaged(.keras, "\(entry.name) is not UTF-8") }
    return text
  }

  /// The members of an object that are texts.
  static func strings(_ value: JSONValue?) -> [(key: String, value: String)] {
    guard case .object(let members)? = value else { return [] }
    return members.compactMap { key, value in
      if case .string(let text) = value { (key, text) } else { nil }
    }
  }

  static func read(_ file: TensorBytes, storedBytes: Int) throws(CheckpointError.Rule) -> CheckpointContents {
    let listing = try HDF5Listing(file)
    var contents = CheckpointContents(format: .hdf5, storedBytes: storedBytes)
    for object in listing.objects where object.path.isEmpty || object.path == wholeModelGroup {
      for (name, texts) in object.attributes where texts.count == 1 { contents.metadata[name] = texts[0] }
    }
    if let configuration = contents.metadata.removeValue(forKey: "model_config") {
      contents.metadata["config"] = configuration
    }
    let base = listing[wholeModelGroup]?.list("layer_names") == nil ? "" : wholeModelGroup
    let order: [(path: String, label: String?)]
    if listing[base]?.list("layer_names") != nil {
      order = try layerWeights(listing, base)
      contents.format = .keras
    } else {
      order = variables(listing)
      if listing.objects.contains(where: { $0.dataset == nil && ($0.path == "vars" || $0.path.hasSuffix("/vars")) }) {
        contents.format = .keras
      }
    }
    for (path, label) in order {
      guard let object = listing[path], let dataset = object.dataset else { continue }
      let prefix = base.isEmpty ? "" : base + "/"
      let name = path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
      contents.entries.append(try entry(name, label, object, dataset, file))
    }
    return contents
  }

  private static func entry(
    _ name: String, _ label: String?, _ object: HDF5Listing.Object, _ dataset: HDF5Listing.Dataset, _ file: TensorBytes
  ) throws(CheckpointError.Rule) -> CheckpointContents.Entry {
    // Python knows no half of this kind; Keras stores its bits and says so.
    let isBrainFloat = dataset.type.name == "V2" && object.attributes["dtype"] == ["bfloat16"]
    let type = isBrainFloat ? .bfloat16 : dataset.type
    let byteCount = try type.byteCount(of: dataset.shape)
    let info = TensorInfo(
      name: name, type: type, shape: dataset.shape, byteCount: byteCount, label: label == name ? nil : label)
    guard let place = dataset.place else {
      return CheckpointContents.Entry(
        info: info, source: HDF5Source(file: file, path: object.path, byteCount: byteCount))
    }
    guard place <= file.count, byteCount <= file.count - place else {
      throw .damaged(.hdf5, "the numbers of '\(object.path)' lie outside the file")
    }
    return CheckpointContents.Entry(
      info: info, source: StoredSource(stored: file.part(place..<(place + byteCount))))
  }

  /// Keras 2: the weights that the attributes list, in their order, then what else there is, such as the optimizer's.
  private static func layerWeights(
    _ listing: HDF5Listing, _ base: String
  ) throws(CheckpointError.Rule) -> [(path: String, label: String?)] {
    let prefix = base.isEmpty ? "" : base + "/"
    var weights: [(path: String, label: String?)] = []
    var listed: Set<String> = []
    for layer in (listing[base]?.list("layer_names") ?? []) + ["top_level_model_weights"] {
      guard let group = listing[prefix + layer] else {
        if layer == "top_level_model_weights" { continue }
        throw .damaged(.keras, "the layer '\(layer)' is listed but not there")
      }
      for name in group.list("weight_names") ?? [] {
        let path = "\(group.path)/\(name)"
        guard listing[path]?.dataset != nil else {
          throw .damaged(.keras, "the weight '\(name)' of the layer '\(layer)' is listed but not there")
        }
        if listed.insert(path).inserted { weights.append((path, name)) }
      }
    }
    for object in listing.objects where object.dataset != nil && !listed.contains(object.path) {
      weights.append((object.path, nil))
    }
    return weights
  }

  /// Keras 3: every variable, labelled by the names of the layers around it where the file has them.
  private static func variables(_ listing: HDF5Listing) -> [(path: String, label: String?)] {
    let datasets = listing.objects.filter { $0.dataset != nil }
    let order = datasets.enumerated().sorted { one, other in
      // Variables are numbered: 10 comes behind 9.
      let (left, right) = (numbered(one.element.path), numbered(other.element.path))
      guard left.group == right.group, let first = left.number, let second = right.number else {
        return one.offset < other.offset
      }
      return first < second
    }
    return order.map { _, object in (object.path, label(object.path, listing)) }
  }

  private static func numbered(_ path: String) -> (group: Substring, number: Int?) {
    guard let stroke = path.lastIndex(of: "/") else { return ("", Int(path)) }
    return (path[...stroke], Int(path[path.index(after: stroke)...]))
  }

  /// Of `layers/gru/cell/vars/0`: the `name` of `layers/gru/vars`, that of `layers/gru/cell/vars`, and the number.
  private static func label(_ path: String, _ listing: HDF5Listing) -> String? {
    let parts = path.split(separator: "/")
    guard parts.count >= 2, parts[parts.count - 2] == "vars" else { return nil }
    var names: [String] = []
    for end in parts.indices.dropLast(2) {
      let group = parts[...end].joined(separator: "/") + "/vars"
      if let name = listing[group]?.attributes["name"]?.first { names.append(name) }
    }
    return names.isEmpty ? nil : (names + [String(parts[parts.count - 1])]).joined(separator: "/")
  }
}
