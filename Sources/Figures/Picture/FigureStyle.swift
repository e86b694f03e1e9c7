import TUI

/// How weights become positions on the colour bar.
public enum WeightScale: String, Sendable, CaseIterable {
  /// From 0 to 1.
  case full
  /// From 0 to the largest weight that is shown.
  case maximum
  /// Three decades, from 0.001 to 1.
  case logarithmic
}

/// How a figure looks.
public struct FigureStyle: Sendable, Equatable {
  public enum Theme: String, Sendable, CaseIterable {
    case light
    case dark
  }

  public var palette = Palette.viridis
  public var scale = WeightScale.full
  public var theme = Theme.light
  /// Without a background the page behind shows.
  public var isTransparent = false
  public var title: String?
  /// Stands under the figure, broken into lines.
  public var caption: String?
  /// Numbers in the cells.
  public var showsValues = false
  /// The vocabulary's own spelling in place of what a reader expects: `▁app` for `app`.
  public var showsPieces = false
  /// Small print under the figure about what it leaves out.
  public var showsNotes = true
  /// In points; nil takes what the matrix needs, up to a page.
  public var width: Double?
  public var height: Double?
  /// Pixels of an inch, for PNG.
  public var resolution = 300.0
  /// Of labels, in points.
  public var fontSize = 9.0
  /// As fontconfig knows it.
  public var fontFamily = "sans-serif"

  public init() {}
}

extension FigureStyle.Theme {
  var background: UInt32 { self == .light ? 0xFFFFFF : 0x16181D }
  var text: UInt32 { self == .light ? 0x000000 : 0xEDEDED }
  /// Special tokens and small print.
  var quietText: UInt32 { self == .light ? 0x666666 : 0xA0A6AE }
  var frame: UInt32 { self == .light ? 0x808080 : 0x70767E }
  /// A cell that the model could not look at.
  var masked: UInt32 { self == .light ? 0xE4E4E4 : 0x33373E }
}

/// Why a figure cannot be drawn, in one line.
public struct FigureError: Error, Equatable, CustomStringConvertible {
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}
