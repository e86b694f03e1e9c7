import ArgumentParser
import Checkpoints
import Engine

/// `heed inspect`: what lies in a checkpoint.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the tensors of a checkpoint: names, shapes, types, sizes and what their numbers are like.",
    discussion: """
      Reads safetensors, NumPy, PyTorch, GGUF, Keras, TensorFlow and CTranslate2, told apart by content. PATH is a \
      file, a folder \
      that holds a checkpoint, the prefix of a TensorFlow checkpoint, or a name that heed models lists. Nothing in a \
      file is run.

      EXAMPLES
        heed inspect model.safetensors
        heed inspect training_checkpoints
        heed inspect pytorch_model.bin --json | jq '.tensors[].name'
      """)

  @Argument(help: "The checkpoint.")
  var path: String

  @Flag(help: "Print one JSON object, schema heed-inspect/1.")
  var json = false

  @Flag(name: .customLong("headers"), help: "Show what the headers say and read no numbers.")
  var headersOnly = false

  func run() throws {
    let checkpoint = try open()
    if json {
      try StandardOutput.write(try InspectionJSON.text(of: checkpoint, withNumbers: !headersOnly))
    } else {
      let printer = TensorTreePrinter(checkpoint: checkpoint, withNumbers: !headersOnly)
      try printer.print { try StandardOutput.write($0) }
    }
  }

  /// A path, or else the name of a model.
  private func open() throws -> Checkpoint {
    do {
      return try Checkpoint(path: path)
    } catch {
      guard error.rule == .missing, !path.contains("/"), let model = try? ModelLocator.ofThisProgram.find(path) else {
        throw error
      }
      return try Checkpoint(path: model)
    }
  }
}
