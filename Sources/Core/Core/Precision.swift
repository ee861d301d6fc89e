/// The formats of one layer's weights and input activations, written `W4A6`, or `int4/bf16` where one of them is neither
/// integers nor 32-bit floats.
public struct Precision: Hashable, Sendable, Codable {
  /// What each weight is.
  public var weight: BitWidth
  /// What each element of the layer's input activation is.
  public var activation: BitWidth

  public init(weight: BitWidth, activation: BitWidth) {
    self.weight = weight
    self.activation = activation
  }

  /// Reads `W4A6` and `int4/int6`, weights first; nil when the text has another form or a format does not exist.
  public init?(_ text: String) {
    if text.utf8.contains(UInt8(ascii: "/")) {
      let names = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard names.count == 2, let weight = BitWidth(formatName: names[0]),
        let activation = BitWidth(formatName: names[1])
      else { return nil }
      self.init(weight: weight, activation: activation)
      return
    }
    guard let match = text.wholeMatch(of: /[Ww](\d{1,2})[Aa](\d{1,2})/),
      let weight = Int(match.1).flatMap(BitWidth.init), let activation = Int(match.2).flatMap(BitWidth.init)
    else { return nil }
    self.init(weight: weight, activation: activation)
  }

  /// 8-bit weights and activations, the reference point of every budget.
  public static let eight = Precision(weight: .eight, activation: .eight)

  /// Whether the bits of both tell all: integers and 32-bit floats.
  public var isNumberOfBits: Bool { weight.isNumberOfBits && activation.isNumberOfBits }
}

extension Precision: CustomStringConvertible {
  public var description: String {
    isNumberOfBits ? "W\(weight)A\(activation)" : "\(weight.formatName)/\(activation.formatName)"
  }
}
