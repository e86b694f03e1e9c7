#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension CheckpointError.Rule {
  /// What is wrong, without a full stop.
  var explanation: String {
    switch self {
    case .missing: "there is no such file"
    case .notRegularFile: "this is not a regular file"
    case .system(let operation, let code): "cannot \(operation): \(String(cString: strerror(code)))"

    case .unknownFormat: "no checkpoint format that heed knows"
    case .ambiguousFolder(let names):
      names.isEmpty
        ? "no checkpoint in this folder"
        : "several checkpoints in this folder: \(names.map { printable($0) }.joined(separator: ", "))"
    case .damaged(let format, let what): "not a sound \(format.rawValue) file: \(printable(what, limit: 300))"
    case .unsupported(let format, let what): "\(format.rawValue): \(printable(what, limit: 300))"
    case .forbidden(let name):
      "its pickle asks to run '\(printable(name))', which is not on the list of what a checkpoint needs; nothing was run"
    case .badShardName(let tensor): "weight_map gives '\(printable(tensor))' no plain name of a file beside the index"
    case .expands(let stored):
      "unpacked it would be over \(Checkpoint.expansion) times the \(stored) bytes that are stored"

    case .fileTooShort(let bytes): "only \(bytes) bytes long, shorter than the 8 bytes that hold the header's length"
    case .headerTooLong(let bytes, let limit): "the header claims \(bytes) bytes, over the limit of \(limit)"
    case .headerPastEnd(let bytes, let available):
      "the header claims \(bytes) bytes but only \(available) follow its length"
    case .headerNotUTF8: "the header is not UTF-8 text"
    case .headerNotObject: "the header is not a JSON object that starts with '{'"
    case .json(let error): "the header is not valid JSON: \(error)"
    case .metadataNotStrings: "__metadata__ must map strings to strings"
    case .repeatedName: "this name stands twice in the header"

    case .entryNotObject: "its header entry is not a JSON object"
    case .missingField(let name): "its header entry lacks '\(name)'"
    case .unknownField(let name): "its header entry has the field '\(printable(name))', which the format does not know"
    case .unknownType(let name): "dtype '\(printable(name))' is unknown"
    case .badShape: "its shape is not a list of whole numbers from 0 up"
    case .badOffsets: "its data_offsets are not two whole numbers from 0 up"
    case .shapeOverflow: "its shape needs more bytes than a computer can address"
    case .partialByte: "its shape and dtype do not fill a whole number of bytes"
    case .sizeMismatch(let expected, let found):
      "its shape and dtype need \(expected) bytes but its data_offsets span \(found)"

    case .offsetsReversed(let begin, let end): "its data_offsets run backwards, from \(begin) to \(end)"
    case .offsetsPastEnd(let end, let available): "its data ends at byte \(end) but the file holds \(available)"
    case .overlap(let begin, let previousEnd):
      "its data starts at byte \(begin), inside the data before it, which ends at \(previousEnd)"
    case .hole(let from, let to): "bytes \(from) to \(to) before its data belong to no tensor"
    case .dataNotCovered(let covered, let available):
      "\(available) bytes of data but the tensors cover only \(covered)"

    case .noSuchTensor: "there is no tensor of this name"
    case .notFloatingPoint(let type): "it holds \(type.name), not floating-point numbers"
    case .tooManyDimensions(let count): "it has \(count) dimensions, more than any model here uses"
    case .shapeDiffers(let expected, let found): "its shape is \(found) where \(expected) is needed"
    case .outOfRange(let value, let type): "\(value) does not fit in \(type.name)"
    case .reservedName: "this name is reserved by the format"
    }
  }

  /// What the reader can do about it.
  var advice: String {
    switch self {
    case .missing: "check the path"
    case .notRegularFile: "give the path of a checkpoint file"
    case .system(_, let code) where [ENOSPC, EDQUOT, EFBIG].contains(code): "make room there, or give another path"
    case .system: "check the path and its permissions"
    case .noSuchTensor, .tooManyDimensions: "check that the file belongs to this model"
    case .notFloatingPoint: "export the tensor as F32, F16 or BF16"
    case .unknownFormat:
      "give safetensors, NumPy, PyTorch, GGUF, Keras, TensorFlow or CTranslate2, a folder of it, or a TensorFlow prefix"
    case .ambiguousFolder(let names): names.isEmpty ? "give the path of a checkpoint" : "give the path of one of them"
    case .damaged: "copy or export it again"
    case .unsupported: "save the weights in another way, such as safetensors"
    case .forbidden: "do not open it elsewhere either, unless you trust its author; ask for the weights alone"
    case .expands: "it is damaged or made to exhaust memory: export it again"
    case .shapeDiffers: "check that config.json, the vocabulary and the weights belong together"
    case .outOfRange: "store this model as F32"
    case .reservedName: "report this: it is a mistake in the program that wrote the file"
    case .unknownField, .unknownType, .headerTooLong:
      "export the file again in the plain safetensors format"
    default: "the file is damaged or not safetensors: copy or export it again"
    }
  }
}

/// A text from a file made safe to print on one line: control characters escaped, more than `limit` characters cut.
public func printable(_ text: String, limit: Int = 80) -> String {
  if text.utf8.count <= limit, text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) { return text }
  var result = ""
  for scalar in text.unicodeScalars.prefix(limit) {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
      result += "\\u{\(String(scalar.value, radix: 16))}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return text.unicodeScalars.count > limit ? result + "…" : result
}
