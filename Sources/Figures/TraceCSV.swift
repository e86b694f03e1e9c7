import Traces

/// A trace's attention as comma-separated values (RFC 4180, but lines end in a line feed): one line a cell.
public enum TraceCSV {
  /// The first line; `sentence` counts from 1, everything else from 0.
  public static let header = "sentence,site,layer,head,row,row_token,column,column_token,weight,score\n"

  /// The lines of one trace. A cell that the model could not look at has weight 0 and an empty score; a number that is
  /// not finite is empty too. All others read back as the same `Float`.
  public static func lines(of trace: AttentionTrace, sentence: Int) -> String {
    var text = ""
    for head in trace.heads {
      guard let matrix = trace.matrix(.head(head)) else { continue }
      let rows = trace.rowTokens(head.site).map { field($0.piece) }
      // A decoder's first column may be the start token, which is left empty.
      let columns = trace.columnTokens(head.site).map { field($0?.piece ?? "") }
      for row in 0..<matrix.rows {
        for column in 0..<matrix.columns {
          text += "\(sentence),\(head.site.rawValue),\(head.layer),\(head.head),\(row),\(rows[row]),"
          text += "\(column),\(columns[column]),\(number(matrix[row, column])),"
          text += matrix.score(row: row, column: column).map(number) ?? ""
          text += "\n"
        }
      }
    }
    return text
  }

  private static func number(_ value: Float) -> String { value.isFinite ? value.description : "" }

  private static func field(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { ",\"\n\r".unicodeScalars.contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
