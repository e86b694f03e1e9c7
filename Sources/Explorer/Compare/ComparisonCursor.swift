import TUI
import Traces

/// One cursor over several decodes: the place in the first, and where that is in the others.
extension State {
  /// The row and column of the difference with an other under the cursor.
  func place(in difference: Difference) -> Position {
    let (first, beyond) = (difference.first, comparison?.beyond ?? 0)
    let (row, column) = (first.rows.place(of: row), first.columns.place(of: column))
    return Position(
      column: difference.columns.firstIndex { $0.first == column } ?? 0,
      row: min((difference.rows.firstIndex { $0.first == row } ?? 0) + beyond, max(0, difference.rows.count - 1)))
  }

  /// The state as a decode beside the first would have it alone, its cursor where the first one's is; nil for a number that
  /// is none.
  func beside(_ index: Int) -> State? {
    guard let other = comparison.flatMap({ $0.others.indices.contains(index) ? $0.others[index] : nil }) else {
      return nil
    }
    var state = alone
    state.decode = other.decode
    state.model = other.model
    state.picture.hidesCursor = false
    guard let difference = other.difference else { return state }
    let place = place(in: difference)
    let row = difference.rows.indices.contains(place.row) ? difference.rows[place.row].second : nil
    let column = difference.columns.indices.contains(place.column) ? difference.columns[place.column].second : nil
    state.picture.hidesCursor = row == nil || column == nil
    state.row = difference.second.rows.token(at: row ?? difference.second.rows.count - 1)
    state.column = difference.second.columns.token(at: column ?? 0)
    return state
  }

  /// The first decode as it is drawn among the others.
  var first: State {
    var state = alone
    state.picture.hidesCursor = (comparison?.beyond ?? 0) > 0
    return state
  }

  private var alone: State {
    var state = self
    state.comparison = nil
    state.picture.view = .matrix
    state.showsWelcome = false
    return state
  }

  /// Rows of the longest decode are in reach, below those of the first.
  mutating func moveBeyond(_ action: Action) -> Bool {
    guard picture.view == .comparison, let chart = decode.chart, var comparison else { return false }
    let isAtEnd = chart.rows.place(of: row) == chart.rows.count - 1
    let further = max(0, (comparison.current?.difference?.rows.count ?? 0) - chart.rows.count)
    defer { self.comparison = comparison }
    switch action {
    case .down where isAtEnd && further > 0: comparison.beyond = min(comparison.beyond + 1, further)
    case .up where comparison.beyond > 0: comparison.beyond -= 1
    case .left, .right, .firstColumn, .lastColumn, .strongest: return false
    default:
      comparison.beyond = 0
      return false
    }
    return true
  }
}
