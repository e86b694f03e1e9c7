import ArgumentParser
import Figures
import TUI
import Traces

/// Which heads a picture shows.
struct HeadOptions: ParsableArguments {
  @Option(help: "encoder, decoder or cross.")
  var site: Site?

  @Option(help: ArgumentHelp("One layer, from 0.", valueName: "number"))
  var layer: Int?

  @Option(help: ArgumentHelp("One head, from 0.", valueName: "number"))
  var head: Int?

  @Flag(help: "The mean over the heads, which is also what a model of several shows if nothing is asked for.")
  var mean = false

  @Flag(help: "Every head for itself, layers downwards.")
  var grid = false

  func validate() throws {
    if [mean, grid, head != nil].count(where: { $0 }) > 1 {
      throw ValidationError("give one of --head, --mean and --grid")
    }
  }

  var isUsed: Bool { site != nil || layer != nil || head != nil || mean || grid }

  var request: HeadRequest {
    HeadRequest(site: site, layer: layer, head: head, arrangement: grid ? .grid : mean ? .mean : nil)
  }
}

/// How a picture looks.
struct LookOptions: ParsableArguments {
  @Option(help: "Stands above the figure.")
  var title: String?

  @Option(help: "Stands below the figure.")
  var caption: String?

  @Flag(help: "Numbers in the cells.")
  var values = false

  @Flag(help: "Tokens in the vocabulary's own spelling.")
  var pieces = false

  @Flag(help: "No small print below the figure.")
  var plain = false

  @Option(help: "viridis, cividis, magma, grey, diverging or diverging-dark.")
  var palette = Palette.viridis

  @Option(help: "full: from 0 to 1; maximum: to the largest weight; logarithmic: from 0.001.")
  var scale = WeightScale.full

  @Option(help: "light or dark.")
  var theme = FigureStyle.Theme.light

  @Flag(help: "No background.")
  var transparent = false

  @Option(help: ArgumentHelp("Of the figure, such as 90mm or 3.5in.", valueName: "length"))
  var width: Length?

  @Option(help: ArgumentHelp("Of the figure.", valueName: "length"))
  var height: Length?

  @Option(help: ArgumentHelp("Pixels of an inch, for .png.", valueName: "number"))
  var dpi = 300.0

  @Option(name: .customLong("font-size"), help: ArgumentHelp("Of labels, in points.", valueName: "points"))
  var fontSize = 9.0

  @Option(help: ArgumentHelp("A font family, such as serif.", valueName: "name"))
  var font = "sans-serif"

  func validate() throws {
    if !(10...2400).contains(dpi) { throw ValidationError("--dpi takes a number from 10 to 2400") }
    if !(4...72).contains(fontSize) { throw ValidationError("--font-size takes a number from 4 to 72") }
  }

  var style: FigureStyle {
    var style = FigureStyle()
    style.title = title
    style.caption = caption
    style.showsValues = values
    style.showsPieces = pieces
    style.showsNotes = !plain
    style.palette = palette
    style.scale = scale
    style.theme = theme
    style.isTransparent = transparent
    style.width = width?.points
    style.height = height?.points
    style.resolution = dpi
    style.fontSize = fontSize
    style.fontFamily = font
    return style
  }
}

/// A length with its unit.
struct Length: ExpressibleByArgument {
  private static let pointsOfUnit = ["mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72, "pt": 1]
  private static let range = 18.0...7_200.0

  let points: Double

  /// Nil without a known unit, and for what is no size of a figure.
  init?(argument: String) {
    guard let unit = Self.pointsOfUnit[String(argument.suffix(2))],
      let number = Double(argument.dropLast(2).filter { $0 != " " }), Self.range.contains(number * unit)
    else { return nil }
    points = number * unit
  }
}

extension Site: ExpressibleByArgument {}
extension Palette: ExpressibleByArgument {}
extension FigureFormat: ExpressibleByArgument {}
extension WeightScale: ExpressibleByArgument {}
extension FigureStyle.Theme: ExpressibleByArgument {}
