import TUI
import Traces

/// Which colour a weight has under the settings.
///
/// Apart from the `Painter`, whose state is too large to be handed over for each of thousands of cells.
struct HeatColors {
  let theme: Theme
  private let settings: Settings

  private var depth: ColorDepth { theme.display.depth }

  init(_ theme: Theme, _ settings: Settings) {
    (self.theme, self.settings) = (theme, settings)
  }

  /// Where a weight, or a difference given as its place, lies on the palette, 0 to 1.
  ///
  /// - Parameter rowMaximum: the largest of its row in the chart.
  func tone(_ weight: Float, rowMaximum: Float, _ chart: Chart) -> Float {
    chart.isDifference
      ? settings.scale.position(difference: weight, rowMaximum: rowMaximum)
      : settings.scale.position(weight, rowMaximum: rowMaximum)
  }

  /// A colour of the heatmap, for a place from 0 to 1.
  func color(at tone: Float) -> Color { settings.palette.color(at: tone, depth: depth) }

  /// The same of the palette that fits the chart.
  func color(at tone: Float, _ chart: Chart) -> Color {
    chart.isDifference ? theme.differences.color(at: tone, depth: depth) : color(at: tone)
  }

  /// The colour of a chart's cell that has a weight; half the colour where a special token is to step back.
  func color(at tone: Float, _ row: Int, _ column: Int, _ chart: Chart) -> Color {
    let color = color(at: tone, chart)
    return isDimmed(row, column, chart) ? color.mixed(with: theme.backdrop, 0.65) : color
  }

  func color(_ cell: Chart.Cell, tone: Float) -> Color {
    switch cell {
    case .weight: color(at: tone)
    case .masked: theme.masked.background
    case .pending: theme.emptyCell.background
    }
  }

  private func isDimmed(_ row: Int, _ column: Int, _ chart: Chart) -> Bool {
    guard settings.specialTokens == .dimmed, depth >= .indexed256, row < chart.rows.count, column < chart.columns.count
    else { return false }
    return chart.rows.entries[row].kind == .special || chart.columns.entries[column].kind == .special
  }

  /// Small numbers step back, so that the large ones carry the picture.
  func number(_ size: Float, on style: Style) -> Style {
    guard depth >= .indexed256, size < 0.1 else { return style }
    var faded = style
    faded.foreground = style.foreground.mixed(with: style.background, 0.45)
    return faded
  }
}
