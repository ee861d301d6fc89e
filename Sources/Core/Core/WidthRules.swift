/// Which of its widths a target takes together, and what it does with widths that it does not have.
public struct WidthRules: Hashable, Sendable, Codable {
  public var pairs: Pairs
  public var otherWidths: OtherWidths

  /// Which weight widths go with which activation widths.
  public enum Pairs: Hashable, Sendable, Codable {
    case all
    /// Weights as wide as activations, as arithmetic units for one data type have it.
    case equal
    case listed(Set<Precision>)

    /// Whether the widths of `precision` go together, provided that the target has both.
    public func allows(_ precision: Precision) -> Bool {
      switch self {
      case .all: true
      case .equal: precision.weight == precision.activation
      case .listed(let pairs): pairs.contains(precision)
      }
    }
  }

  /// What happens to a width that is not legal.
  public enum OtherWidths: String, Hashable, Sendable, Codable, CaseIterable {
    /// It is an error.
    case reject
    /// It is stored and computed at the next legal width, and costed as that; reports say so.
    case roundUp = "round-up"
  }

  /// - Parameter pairs: `.all` and `.reject` are what most targets do.
  public init(pairs: Pairs = .all, otherWidths: OtherWidths = .reject) {
    self.pairs = pairs
    self.otherWidths = otherWidths
  }

  /// What a layer at `precision` is costed as: itself where it is legal; else, on a target that rounds up, the
  /// legal pair that covers both and has the fewest bits, scales included, then the fewest weight bits. Nil when
  /// there is none.
  public func costedAs(
    _ precision: Precision, weightWidths: [BitWidth], activationWidths: [BitWidth]
  ) -> Precision? {
    if weightWidths.contains(precision.weight), activationWidths.contains(precision.activation),
      pairs.allows(precision)
    {
      return precision
    }
    guard otherWidths == .roundUp else { return nil }
    let wider = weightWidths.filter { $0.covers(precision.weight) }.flatMap { weight in
      activationWidths.filter { $0.covers(precision.activation) }
        .map { Precision(weight: weight, activation: $0) }
    }
    return wider.filter(pairs.allows).min {
      ($0.bitsPerElements, $0.weight, $0.activation) < ($1.bitsPerElements, $1.weight, $1.activation)
    }
  }
}

extension Precision {
  /// Of a weight and an activation, with their shares of scales.
  fileprivate var bitsPerElements: Double { weight.bitsPerElement + activation.bitsPerElement }
}
