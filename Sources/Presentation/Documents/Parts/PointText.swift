import Core

/// How tables for people write the widths of a point.
enum PointText {
  /// `W4A8`, or `W4A8 -> 8` with the width of the output where that is stated.
  static func widths(_ precision: String, _ output: BitWidth?) -> String {
    precision + (output.map { " -> \($0)" } ?? "")
  }
}
