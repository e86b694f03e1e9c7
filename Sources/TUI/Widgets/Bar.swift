/// A horizontal bar as text of exactly `columns` columns.
///
/// With UTF-8 its length is right to an eighth of a column; with ASCII to a whole one, and a small value that is not zero
/// still shows. `fraction` outside 0 to 1 counts as the nearer end, and not-a-number as 0.
public func barText(_ fraction: Float, columns: Int, isUTF8: Bool) -> String {
  guard columns > 0 else { return "" }
  let clamped = fraction.isNaN ? 0 : min(1, max(0, fraction))
  guard isUTF8 else {
    let whole = Int((clamped * Float(columns)).rounded(.up))
    return String(repeating: "#", count: min(whole, columns))
      + String(repeating: " ", count: columns - min(whole, columns))
  }
  let eighths = min(columns * 8, Int((clamped * Float(columns) * 8).rounded()))
  let parts: [Character] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]
  var text = String(repeating: "█", count: eighths / 8)
  if eighths % 8 > 0 { text.append(parts[eighths % 8 - 1]) }
  return text + String(repeating: " ", count: columns - (eighths + 7) / 8)
}
