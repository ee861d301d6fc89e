public import Core

/// A bit width as a small bar, such as `▇▇▇▇····` for 4 of 8, and `▒▒▒▒▒▒▒▒` for floats of 16 and 32 bits.
public enum BitBar {
  /// `bits` filled marks out of `total`; of more than 8, as the nearest share of 8 marks, at least one.
  public static func text(_ bits: BitWidth, of total: BitWidth) -> String {
    let marks = total.isWideFloat ? 8 : min(Int(total.bitsPerElement.rounded(.up)), 8)
    guard !bits.isWideFloat else { return String(repeating: "▒", count: marks) }
    let share = bits.bitsPerElement / total.bitsPerElement * Double(marks)
    let filled = min(marks, max(1, Int(share.rounded())))
    return String(repeating: "▇", count: filled) + String(repeating: "·", count: marks - filled)
  }

  /// The bar, and behind it the bits or the name of the format; of 32-bit floats the name.
  public static func cell(_ width: BitWidth, of total: BitWidth) -> String {
    "\(text(width, of: total)) \(width == .float ? width.formatName : width.description)"
  }

  /// The width whose bar has all marks: the widest that is no float of 16 or 32 bits, 8 bits where all are.
  public static func total(of widths: some Sequence<BitWidth>) -> BitWidth {
    widths.filter { !$0.isWideFloat }.max() ?? .eight
  }
}

extension BitWidth {
  /// 16- and 32-bit floats, whose bits say little beside those of integers.
  var isWideFloat: Bool {
    bits >= 16 && ["fp", "bf"].contains { formatName.hasPrefix($0) }
  }
}
