/// What is wrong with a tokenizer, in one line: the file, what was found, what to do.
public struct TokenizerError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The file's path or name; empty while a component that does not know its file is being read.
  public var file: String
  /// What was wrong and where, e.g. `model.vocab: id 7 is given twice`.
  public var problem: String
  /// What to do about it.
  public var advice: String

  public init(
    file: String = "", _ problem: String,
    advice: String = "write the file anew with Python's tokenizers or heed train"
  ) {
    self.file = file
    self.problem = problem
    self.advice = advice
  }

  public var description: String {
    let text = (file.isEmpty ? "" : file + ": ") + problem + "; " + advice
    return String(text.map { $0.isNewline ? " " : $0 })
  }

  /// The same error, said of `file`.
  func inFile(_ file: String) -> TokenizerError {
    TokenizerError(file: file, problem, advice: advice)
  }
}
