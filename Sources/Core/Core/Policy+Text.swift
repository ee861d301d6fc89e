extension Policy {
  /// Every layer's precision in order, such as `W8A8 W4A6 int4/bf16`, which other tools can read too.
  public var text: String { precisions.map(\.description).joined(separator: " ") }

  /// Reads `text`; nil when it is something else.
  public init?(text: String) {
    let precisions = text.split(separator: " ").map { Self.precision($0.utf8) }
    guard !precisions.contains(nil) else { return nil }
    self.init(precisions.compactMap(\.self))
  }

  /// Without regular expressions, since studies have millions of these.
  private static func precision(_ text: Substring.UTF8View) -> Precision? {
    if text.contains(UInt8(ascii: "/")) { return Precision(String(Substring(text))) }
    guard text.first == UInt8(ascii: "W"), let middle = text.firstIndex(of: UInt8(ascii: "A")),
      let weight = Int(Substring(text[text.index(after: text.startIndex)..<middle])).flatMap(BitWidth.init),
      let activation = Int(Substring(text[text.index(after: middle)...])).flatMap(BitWidth.init)
    else { return nil }
    return Precision(weight: weight, activation: activation)
  }
}
