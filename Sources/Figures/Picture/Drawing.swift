/// A rectangle in points (1/72 inch); y grows downwards.
struct Box: Equatable {
  var x: Double
  var y: Double
  var width: Double
  var height: Double

  var right: Double { x + width }
  var bottom: Double { y + height }
}

/// How letters look; the family is the same in a whole figure.
struct LetterStyle: Hashable {
  /// In points.
  var size: Double
  var isBold = false
  var isItalic = false
}

/// One text of a drawing.
struct TextMark: Equatable {
  var text: String
  var style: LetterStyle
  /// The upper left corner of its box, or the lower left one if it is read upwards.
  var x: Double
  var y: Double
  var readsUpwards = false
  /// A longer text is cut or broken into lines; nil for any length.
  var widest: Double?
  var breaksLines = false
  /// `0xRRGGBB`.
  var color: UInt32
}

/// Something that is drawn; colours are `0xRRGGBB`.
enum Mark: Equatable {
  case fill(Box, UInt32)
  case outline(Box, width: Double, UInt32)
  /// A rectangle cut into cells, row by row, that nothing smooths.
  case grid(Box, colors: [UInt32], columns: Int)
  case text(TextMark)
}

/// A figure as it will be painted, in this order: values that a test can count, and that know no graphics library.
struct Drawing: Equatable {
  /// In points.
  var width: Double
  var height: Double
  /// Nil leaves the page as it is.
  var background: UInt32?
  var marks: [Mark] = []
  /// What a reader of the file is told who does not see it.
  var title: String
  var description: String
}
