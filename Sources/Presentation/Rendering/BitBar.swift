public import Core

/// A bit width as a small bar, such as `▇▇▇▇····` for 4 of 8.
public enum BitBar {
  /// `bits` filled marks out of `total`; of more than 8, as the nearest share of 8 marks, at least one.
  public static func text(_ bits: BitWidth, of total: BitWidth) -> String {
    let marks = min(Int(total.bitsPerElement.rounded(.up)), 8)
    let share = bits.bitsPerElement / total.bitsPerElement * Double(marks)
    let filled = min(marks, max(1, Int(share.rounded())))
    return String(repeating: "▇", count: filled) + String(repeating: "·", count: marks - filled)
  }
}
