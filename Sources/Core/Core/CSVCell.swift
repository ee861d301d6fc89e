/// A text column of CSV that other programs open: a cell that begins as a formula does is not one.
public enum CSVCell {
  /// What spreadsheets take for the beginning of a formula.
  private static let formulaStarts: Set<Character> = ["=", "+", "-", "@"]

  /// The cell: an apostrophe before what would be a formula, control characters written out, and quoted as RFC 4180 says
  /// where it has commas, quotation marks or line ends.
  public static func text(_ text: String) -> String {
    let field = (isGuarded(text[...]) ? "'" : "") + text.visible
    guard field.contains(where: { ",\"\n".contains($0) }) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }

  /// The text of a field that ``text(_:)`` wrote, its quotation marks gone.
  public static func read(_ field: String) -> String {
    field.first == "'" && isGuarded(field.dropFirst()) ? String(field.dropFirst()) : field
  }

  /// Also what begins with apostrophes and then as a formula, so that reading undoes writing.
  private static func isGuarded(_ text: Substring) -> Bool {
    text.drop { $0 == "'" }.first.map(formulaStarts.contains) ?? false
  }
}
