/// A text that names no number format.
public struct NumberFormatError: Error, Hashable, Sendable {
  /// As it was written.
  public let text: String

  public init(text: String) { self.text = text }
}

extension NumberFormatError: CustomStringConvertible {
  /// What was written, what is allowed, and what may have been meant.
  public var description: String {
    // The text may come from a file: without control characters, and no longer than a line.
    let shown = text.count > 40 ? String(text.prefix(40)) + "..." : text
    return "\(shown.debugDescription) is no number format; \(allowed)"
  }

  private var allowed: String {
    let name = text.lowercased()
    if let rest = name.suffix(behind: "int") {
      return rest.contains("-") ? Self.groups : "\(Self.integers); \(Self.groups)"
    }
    let longer = NumberFormat.named.map(\.description).filter { !name.isEmpty && $0.hasPrefix(name + "-") }
    if !longer.isEmpty { return "there are \(longer.joined(separator: " and "))" }
    let others = NumberFormat.named.map(\.description).joined(separator: ", ")
    return "allowed are \(others); \(Self.integers); \(Self.groups)"
  }

  private static let integers =
    "integers are int\(IntegerFormat.widths.lowerBound) to int\(IntegerFormat.widths.upperBound)"

  private static let groups: String = {
    let widths = IntegerGroupFormat.widths
    let lengths = IntegerGroupFormat.Length.allCases.map { "-g\($0.rawValue)" }.joined(separator: ", ")
    return "integers with a scale for each group are int\(widths.lowerBound) to int\(widths.upperBound) with "
      + "\(lengths) behind, such as int4-g128"
  }()
}

extension String {
  fileprivate func suffix(behind prefix: String) -> Substring? {
    hasPrefix(prefix) ? dropFirst(prefix.count) : nil
  }
}
