/// A change made to a run on purpose; a list of them, in order, is a what-if.
///
/// Positions, steps, layers and heads count from 0. Its text (`description`, which reads back) is one verb and one
/// argument, as a command line and a saved session have it.
public enum Intervention: Sendable, Hashable {
  /// Produces a token at a step, whatever the model would choose.
  case force(token: Int, step: Int)
  /// Produces these tokens from the first step on, the end token among them if it is to be given; then the model goes on.
  case target([Int])
  /// Takes away what a head contributes: the weighted sum of its values becomes 0, its weights stay.
  case silence(HeadAddress)
  /// Silences every other head of the same site, in all layers.
  case silenceOthers(HeadAddress)
  /// Masks a source position: no head looks at it, across from the decoder or within the encoder; its weight is
  /// exactly 0 and the others share what it had. A recurrent encoder has still read the token on its way.
  case hide(Int)
  /// Replaces one row of weights: of the step's number, or for the encoder of the source position's.
  case setRow(head: HeadAddress, row: Int, RowEdit)
  /// Divides scores by this number before the softmax, at one site or at all: below 1 attention sharpens, above it
  /// flattens.
  case temperature(Float, site: Site?)
}

/// What a row of weights becomes; it sums to 1 again.
public enum RowEdit: Sendable, Hashable {
  /// All weight on one column.
  case column(Int)
  /// The same weight on every column that is not hidden.
  case uniform
  /// One column gets this weight, the others share the rest in the proportions they had.
  case cell(column: Int, weight: Float)
  /// These weights, scaled to a sum of 1.
  case weights([Float])
}
