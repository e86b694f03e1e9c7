import Traces

/// What is looked at in the trace. Each axis is remembered on its own, so that going to another site and back loses no
/// place.
struct Cursor: Sendable, Equatable {
  /// The produced token: a row of cross-attention and of the decoder's.
  var step = 0
  /// The source token that is looked at: a column of cross-attention and of the encoder's.
  var source = 0
  /// The source token that looks: a row of the encoder's.
  var query = 0
  /// What the decoder has read: a column of its own attention.
  var read = 0
  /// Whether it goes to the strongest cell of each new row; moving it by hand ends that.
  var follows = true

  /// Its row and column in the matrix of a site.
  subscript(site: Site) -> (row: Int, column: Int) {
    get {
      switch site {
      case .cross: (step, source)
      case .encoder: (query, source)
      case .decoder: (step, read)
      }
    }
    set {
      switch site {
      case .cross: (step, source) = newValue
      case .encoder: (query, source) = newValue
      case .decoder: (step, read) = newValue
      }
    }
  }
}

extension State {
  /// The row of the matrix under the cursor.
  var row: Int {
    get { cursor[decode.site].row }
    set { cursor[decode.site].row = newValue }
  }

  /// The column of the matrix under the cursor.
  var column: Int {
    get { cursor[decode.site].column }
    set { cursor[decode.site].column = newValue }
  }

  /// What the row under the cursor stands for; nil before there are rows.
  var rowToken: AxisToken? {
    guard let tokens = decode.trace?.rowTokens(decode.site), tokens.indices.contains(row) else { return nil }
    return tokens[row]
  }

  /// What the columns stand for, one for each column of the matrix; nil without a matrix.
  var columnTokens: [AxisToken]? {
    guard let tokens = decode.trace?.columnTokens(decode.site), tokens.count == decode.matrix?.columns else {
      return nil
    }
    return tokens
  }

  /// The step under the cursor.
  var currentStep: Step? {
    decode.steps.indices.contains(cursor.step) ? decode.steps[cursor.step] : nil
  }
}
