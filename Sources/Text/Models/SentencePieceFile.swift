import CSentencePiece
import Foundation
import JSON

/// A `.model` or `.spm` file, in SentencePiece's own hands: it normalizes, cuts and joins as it did in training.
final class SentencePieceFile: Sendable {
  // The library's processor does not change after loading, and its functions that take it as const share no state.
  nonisolated(unsafe) private let handle: OpaquePointer
  /// The file's bytes, to be written elsewhere.
  let data: Data

  /// Throws: `TokenizerError` with the library's reason.
  init(_ data: Data) throws(TokenizerError) {
    var message: UnsafeMutablePointer<CChar>?
    let opened = data.withUnsafeBytes { csentencepiece_open($0.baseAddress, $0.count, &message) }
    defer { csentencepiece_free_text(message) }
    guard let opened else {
      let reason = message.map { String(cString: $0) } ?? "no reason given"
      throw TokenizerError("is no SentencePiece model: \(reason)", advice: "copy or download the file again")
    }
    handle = opened
    self.data = data
  }

  deinit { csentencepiece_free(handle) }

  /// The pieces by id.
  var pieces: [String] {
    (0..<csentencepiece_size(handle)).map { id in
      var length = 0
      guard let bytes = csentencepiece_piece(handle, id, &length) else { return "" }
      return String(decoding: UnsafeRawBufferPointer(start: bytes, count: length), as: UTF8.self)
    }
  }

  var unknownID: Int { Int(csentencepiece_unknown(handle)) }

  /// The ids of pieces that stand for no text.
  var controlIDs: [Int] {
    (0..<csentencepiece_size(handle)).filter { csentencepiece_is_control(handle, $0) }.map(Int.init)
  }

  /// The library's ids and the bytes of `text` that they stand for.
  func encode(_ text: ArraySlice<UInt8>) -> [ModelToken] {
    text.withUnsafeBytes { bytes in
      let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
      // A scalar may become several pieces by normalization: then the first answer says how many.
      var capacity = bytes.count + 8
      while true {
        var tokens = [csentencepiece_token](repeating: csentencepiece_token(), count: capacity)
        let count = csentencepiece_encode_places(handle, start, bytes.count, &tokens, capacity)
        if count > capacity {
          capacity = Int(count)
          continue
        }
        return tokens.prefix(max(0, Int(count))).map {
          let end = min(Int($0.end), bytes.count)
          return ModelToken(id: Int($0.id), range: min(Int($0.begin), end)..<end)
        }
      }
    }
  }

  func decode(_ pieces: [String]) -> String {
    let copies = pieces.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    let pointers = copies.map { UnsafePointer($0) }
    guard let text = csentencepiece_decode(handle, pointers, pointers.count) else { return pieces.joined() }
    defer { csentencepiece_free_text(text) }
    return String(cString: text)
  }
}

/// A SentencePiece file as the model of a tokenizer; its pieces may have the ids of another vocabulary, as in Marian.
struct SentencePieceUnits: TokenModel {
  static let type = "SentencePiece"
  let file: SentencePieceFile
  let vocabulary: Vocabulary
  let unknownID: Int?
  /// Whether the ids are not the file's own.
  let hasOtherIDs: Bool
  /// By the file's own id.
  private let ids: [Int?]

  init(_ file: SentencePieceFile) throws(TokenizerError) {
    var vocabulary = Vocabulary()
    for (id, piece) in file.pieces.enumerated() where vocabulary.add(piece) != id {
      throw TokenizerError("has the piece \(piece) twice")
    }
    self.file = file
    self.vocabulary = vocabulary
    unknownID = file.unknownID
    hasOtherIDs = false
    ids = Array(0..<vocabulary.count)
  }

  /// With the ids of `vocabulary`; pieces that it lacks are unknown.
  init(_ file: SentencePieceFile, vocabulary: Vocabulary, unknownID: Int) {
    self.file = file
    self.vocabulary = vocabulary
    self.unknownID = unknownID
    hasOtherIDs = true
    ids = file.pieces.map { vocabulary.id(of: $0) }
  }

  /// A `tokenizer.json` cannot hold one.
  init(_ fields: JSONFields) throws(TokenizerError) {
    throw TokenizerError("\(fields.place(of: "type")) is SentencePiece, which only a .model file holds")
  }

  var members: [(key: String, value: JSONValue)] { [("vocab", vocabulary.json)] }

  func encode(_ bytes: [UInt8], _ piece: Range<Int>, into tokens: inout [ModelToken]) {
    for token in file.encode(bytes[piece]) {
      guard let id = (ids.indices.contains(token.id) ? ids[token.id] : nil) ?? unknownID else { continue }
      let range = token.range.lowerBound + piece.lowerBound..<token.range.upperBound + piece.lowerBound
      tokens.append(ModelToken(id: id, range: range))
    }
  }
}

/// Joins pieces as a SentencePiece file says.
struct SentencePieceDecoder: Decoder {
  static let type = "SentencePiece"
  let file: SentencePieceFile
  private let marks = Metaspace(prepend: .always, splits: true)

  init(_ file: SentencePieceFile) { self.file = file }

  init(_ fields: JSONFields) throws(TokenizerError) {
    throw TokenizerError("\(fields.place(of: "type")) is SentencePiece, which only a .model file holds")
  }

  var members: [(key: String, value: JSONValue)] { [] }

  func decode(_ pieces: [String]) -> [String] { [file.decode(pieces)] }
  func surface(_ piece: String) -> String { marks.surface(piece) }
  func continuesWord(_ piece: String) -> Bool { marks.continuesWord(piece) }
}
