public import Core

/// The widths at which an evaluator can measure a network.
public struct MeasurableWidths: Hashable, Sendable {
  /// Ascending.
  public let weights: [BitWidth]
  public let activations: [BitWidth]
  /// Whether they are known rather than assumed.
  public let areKnown: Bool

  public init(weights: [BitWidth], activations: [BitWidth]) {
    self.init(weights: weights, activations: activations, areKnown: true)
  }

  private init(weights: [BitWidth], activations: [BitWidth], areKnown: Bool) {
    (self.weights, self.activations) = (Set(weights).sorted(), Set(activations).sorted())
    self.areKnown = areKnown
  }

  /// What an evaluator that does not state its widths is asked for: 2 to 32 bits.
  public static let assumed: MeasurableWidths = {
    let widths = BitWidth.range.dropFirst().compactMap(BitWidth.init)
    return MeasurableWidths(weights: widths, activations: widths, areKnown: false)
  }()

  public func contains(_ precision: Precision) -> Bool {
    weights.contains(precision.weight) && activations.contains(precision.activation)
  }
}

extension MeasurableWidths: CustomStringConvertible {
  /// `2-16 bit`, or `weights at 2-8 bit and activations at 8, 16 bit` where these differ.
  public var description: String {
    weights == activations
      ? weights.rangeText : "weights at \(weights.rangeText) and activations at \(activations.rangeText)"
  }
}

extension EvaluatorDescription {
  /// What the evaluator states, and what is assumed of what it does not.
  public var measurableWidths: MeasurableWidths {
    guard weightBits != nil || activationBits != nil else { return .assumed }
    return MeasurableWidths(
      weights: weightBits ?? MeasurableWidths.assumed.weights,
      activations: activationBits ?? MeasurableWidths.assumed.activations)
  }
}
