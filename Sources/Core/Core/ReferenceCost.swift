/// A uniform precision that costs are printed beside, and what it costs in the metric's SI unit.
public struct ReferenceCost: Hashable, Sendable {
  public var precision: Precision
  /// Nil when the target cannot run it.
  public var cost: Double?

  public init(_ precision: Precision, cost: Double?) {
    self.precision = precision
    self.cost = cost
  }
}

extension Precision {
  /// What people call the precision where it is a reference: `8 bit` for 8-bit weights, with activations of 8 bits or in
  /// 32-bit floats, where these are all there is; else its text, such as `bf16/bf16`.
  public var title: String { isEightBit ? "8 bit" : description }

  /// The text of a reference, as documents state it; nil where it is 8 bit.
  public var stated: String? { isEightBit ? nil : description }

  /// Whether it is that of all targets that state none.
  public var isEightBit: Bool { weight == .eight && (activation == .eight || activation == .float) }
}
