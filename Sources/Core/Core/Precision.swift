/// The widths of one layer's weights and input activations, written `W4A6`.
public struct Precision: Hashable, Sendable, Codable {
  /// Bits of each weight.
  public var weight: BitWidth
  /// Bits of each element of the layer's input activation.
  public var activation: BitWidth

  public init(weight: BitWidth, activation: BitWidth) {
    self.weight = weight
    self.activation = activation
  }

  /// Reads `W4A6`; nil when the text has another form or a width does not exist.
  public init?(_ text: String) {
    guard let match = text.wholeMatch(of: /[Ww](\d{1,2})[Aa](\d{1,2})/),
      let weight = Int(match.1).flatMap(BitWidth.init), let activation = Int(match.2).flatMap(BitWidth.init)
    else { return nil }
    self.init(weight: weight, activation: activation)
  }

  /// 8-bit weights and activations, the reference point of every budget.
  public static let eight = Precision(weight: .eight, activation: .eight)
}

extension Precision: CustomStringConvertible {
  public var description: String { "W\(weight)A\(activation)" }
}
