import Traces

/// What is looked at in the trace. Each axis is remembered on its own, so that going to another site and back loses no
/// place.
struct Cursor: Sendable, Equatable {
  /// The produced token: a row of cross-attention and of the decoder's. Below zero for a row of a language model's prompt.
  var step = 0
  /// The source token that is looked at: a column of cross-attention and of the encoder's.
  var source = 0
  /// The source token that looks: a row of the encoder's.
  var query = 0
  /// What the decoder has read: a column of its own attention.
  var read = 0
  /// Whether it goes to the strongest cell of each new row; moving it by hand ends that.
  var follows = true
}

extension State {
  /// The row of the matrix under the cursor.
  var row: Int {
    get {
      switch decode.site {
      case .cross: cursor.step
      case .encoder: cursor.query
      case .decoder: cursor.step + promptRows
      }
    }
    set {
      switch decode.site {
      case .cross: cursor.step = newValue
      case .encoder: cursor.query = newValue
      case .decoder: cursor.step = newValue - promptRows
      }
    }
  }

  /// The column of the matrix under the cursor.
  var column: Int {
    get { decode.site == .decoder ? cursor.read : cursor.source }
    set { if decode.site == .decoder { cursor.read = newValue } else { cursor.source = newValue } }
  }

  var promptRows: Int { decode.trace?.promptRows ?? 0 }

  /// The step under the cursor.
  var currentStep: Step? {
    decode.steps.indices.contains(cursor.step) ? decode.steps[cursor.step] : nil
  }
}
