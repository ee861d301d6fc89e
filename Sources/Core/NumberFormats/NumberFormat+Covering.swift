extension NumberFormat {
  /// Whether this format has every number of another, up to one scale for the whole tensor: rounding to it loses nothing
  /// of what the other keeps. A partial order: of `fp16` and `bf16`, neither covers the other.
  ///
  /// Integers count signed and unsigned. Those in groups are symmetric, as weights are.
  public func covers(_ other: NumberFormat) -> Bool {
    if self == other || self == .floating(.float32) { return true }
    return switch (self, other) {
    case (.integer(let own), .integer(let other)): own.bits >= other.bits
    case (.integer(let own), .floating(let other)): own.range(.signed).upperBound >= other.steps
    case (.floating(let own), .integer(let other)): own.countsTo >= 1 << other.bits - 1
    case (.floating(let own), .floating(let other)): own.covers(other)
    case (.microscaling(let own), .floating(let other)): own.element.covers(other)
    case (.microscaling(let own), .microscaling(let other)): own.element.covers(other.element)
    case (.microscaling(let own), .integer(let other)): own.element.countsTo >= 1 << other.bits - 1
    case (.nvfp4, .floating(let other)): NVFP4Quantizer.element.covers(other)
    case (.nvfp4, .integer(let other)): NVFP4Quantizer.element.countsTo >= 1 << other.bits - 1
    case (.integerGroups(let own), .floating(let other)): own.range.upperBound >= other.steps
    case (.integerGroups(let own), .integer(let other)): own.integer.bits > other.bits
    case (.integerGroups(let own), .integerGroups(let other)):
      own.integer.bits >= other.integer.bits && own.length.rawValue <= other.length.rawValue
    default: false
    }
  }
}

extension FloatingFormat {
  /// The greatest n so that every integer of 0 to n is a number of the format, perhaps after scaling by a power of two.
  fileprivate var countsTo: Int {
    // Every integer of as many bits as the significand has, and the power of two behind them; fewer where the range
    // ends before, which with these formats is the case for none.
    1 << (fractionBits + 1)
  }

  fileprivate func covers(_ other: FloatingFormat) -> Bool {
    // One scale for all may move the exponents, so that only how many there are counts.
    fractionBits >= other.fractionBits && Self.exponents(self) >= Self.exponents(other)
  }

  /// The largest number in units of the smallest above zero, of which all others are multiples; `Int.max` where an `Int`
  /// does not hold that.
  fileprivate var steps: Int {
    Int(exactly: (Double(largestFinite) / Double(smallestSubnormal)).rounded()) ?? .max
  }

  /// Powers of two from the smallest subnormal number's to the largest's, in halvings.
  private static func exponents(_ format: FloatingFormat) -> Int {
    Int(format.largestFinite.exponent) - Int(format.smallestSubnormal.exponent)
  }
}
