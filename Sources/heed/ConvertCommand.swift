import ArgumentParser
import Checkpoints
import Engine
import Foundation
import Models

/// `heed convert`: a model of anybody's as a folder of heed's own.
struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a model, whoever saved it, as a model folder of heed's own.",
    discussion: """
      IN is whatever heed opens: a folder of Hugging Face or CTranslate2, a checkpoint, or a model of heed's. OUT is a \
      new folder with config.json, model.safetensors (which Python's safetensors opens), the tokenizers and a card; it \
      appears whole or not at all. A checkpoint whose architecture heed does not know has tensors all the same: \
      --tensors-only writes them, under their own names and types, to one safetensors file.

      EXAMPLES
        heed convert opus-mt-en-fr my-model --dtype F16
        heed convert training_checkpoints my-model --start-id 1 --end-id 2 --source-vocab words.json
        heed convert training_checkpoints weights.safetensors --tensors-only
      """)

  @Argument(help: ArgumentHelp("The model, or a name that heed models lists.", valueName: "in"))
  var input: String

  @Argument(help: ArgumentHelp("The new folder, or with --tensors-only the new file.", valueName: "out"))
  var output: String

  @Option(help: "Write matrices as F32, F16 or BF16; as they are stored without it.")
  var dtype: ModelConversion.Precision?

  @Flag(help: "Replace OUT if it is a model folder, or with --tensors-only a file.")
  var force = false

  @Flag(help: "Write the tensors alone, as they are.")
  var tensorsOnly = false

  @OptionGroup(title: "Models of other libraries") var opening: OpeningFlags

  func validate() throws {
    guard tensorsOnly else { return }
    if dtype != nil { throw ValidationError("--tensors-only writes tensors as they are stored; leave --dtype out") }
    if opening.options != OpeningOptions() {
      throw ValidationError("--tensors-only needs to know nothing of the model; leave the flags that describe it out")
    }
  }

  func run() throws {
    let path = (try? ModelLocator.ofThisProgram.find(input)) ?? input
    if tensorsOnly { return try writeTensors(of: path) }
    let conversion: ModelConversion
    do {
      conversion = try ModelConversion(path: path, options: opening.options)
    } catch {
      // The architecture may be what is not known, while the tensors can be read.
      guard !(error is CheckpointError), (try? Checkpoint(path: path)) != nil else { throw error }
      throw ModelError("\(error); --tensors-only converts the tensors alone")
    }
    try conversion.write(to: output, precision: dtype, replaces: force)
    for note in conversion.notes { StandardError.write("heed: \(note)") }
    StandardError.write(
      "heed: \(output): \(conversion.configuration.summary), \(conversion.parameterCount) parameters, from "
        + conversion.architecture)
  }

  private func writeTensors(of path: String) throws {
    let checkpoint = try Checkpoint(path: path)
    func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
    guard resolved(output) != resolved(path), resolved(output) != resolved(checkpoint.file) else {
      throw ModelError("\(output): this is where the tensors are read from; give another file")
    }
    if let kind = FileKind(path: output) {
      guard force, kind != .folder else {
        throw ModelError(
          "\(output): is there already; give another file" + (kind == .folder ? "" : ", or --force to replace it"))
      }
    }
    var writer = SafetensorsWriter(metadata: ["format": "pt", "converted from": checkpoint.format.rawValue])
    var left: [String] = []
    for tensor in checkpoint.tensors {
      do {
        try writer.add(tensor.name, of: checkpoint)
      } catch CheckpointError.Rule.unsupported {
        left.append("\(tensor.name) (\(tensor.type.name))")
      } catch let rule as CheckpointError.Rule {
        throw CheckpointError(file: path, tensor: tensor.name, rule: rule)
      }
    }
    guard left.count < checkpoint.tensors.count || checkpoint.tensors.isEmpty else {
      throw ModelError("\(path): none of its tensors has a type that safetensors knows")
    }
    try writer.write(to: output)
    let names = left.map { printable($0) }.joined(separator: ", ")
    StandardError.write(
      "heed: \(output): \(checkpoint.tensors.count - left.count) tensors"
        + (left.isEmpty ? "" : "; left out, since safetensors has no such type: \(names)"))
  }
}

extension ModelConversion.Precision: ExpressibleByArgument {
  public init?(argument: String) { self.init(rawValue: argument.uppercased()) }
}
