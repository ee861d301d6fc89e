import Diagnostics

/// How a file writes numbers: with a decimal point, or with a comma as spreadsheets of many countries do.
public enum NumberForm: String, Hashable, Sendable, CaseIterable {
  case point
  case comma

  /// What the cells of costs show; throws `Diagnostics` where they contradict each other, or where a comma may as well
  /// separate thousands.
  init(of fields: some Sequence<CSVText.Field>, stated: NumberForm?) throws {
    if let stated {
      self = stated
      return
    }
    let numbers = fields.filter { $0.text.contains { $0.isNumber } }
    let commas = numbers.filter { $0.text.contains(",") }
    guard let first = commas.first else {
      self = .point
      return
    }
    if let point = numbers.first(where: { $0.text.contains(".") }) {
      throw Diagnostics([
        Diagnostic(
          "\"\(first.text.prefix(60))\" has a comma, and \"\(point.text.prefix(60))\" at \(point.place) has a point: "
            + "which of them is the decimal mark cannot be told", at: first.place,
          hint: "Write numbers without separators of thousands, or give --decimal comma or --decimal point.")
      ])
    }
    // 0,175 and 12,5 can only be decimals; 1,234 alone could be a thousand.
    guard commas.contains(where: { !$0.text.looksLikeThousands }) else {
      throw Diagnostics([
        Diagnostic(
          "\"\(first.text.prefix(60))\" and every other number with a comma may be thousands as well as decimals",
          at: first.place, hint: "Give --decimal comma if commas are decimal marks, or remove them.")
      ])
    }
    self = .comma
  }

  /// The text with a point as the decimal mark; nil where the other mark is in it.
  func normalized(_ text: String) -> String? {
    switch self {
    case .point: text.contains(",") ? nil : text
    case .comma: text.contains(".") ? nil : text.replacing(",", with: ".")
    }
  }
}

extension String {
  /// Groups of three digits behind a first group that is no lone zero.
  fileprivate var looksLikeThousands: Bool { wholeMatch(of: /[1-9]\d{0,2}(,\d{3})+/) != nil }
}
