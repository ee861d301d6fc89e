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
      ? Self.text(weights) : "weights at \(Self.text(weights)) and activations at \(Self.text(activations))"
  }

  /// A program that has most formats has them counted.
  private static func text(_ widths: [BitWidth]) -> String {
    let names = widths.count { !$0.isNumberOfBits }
    guard names > 8 else { return widths.rangeText }
    let integers = widths.filter { $0.isNumberOfBits && $0 != .float }
    let floats = widths.contains(.float) ? [BitWidth.float.formatName] : []
    return ([integers.rangeText] + floats).joined(separator: ", ") + " and \(names) other formats"
  }
}

extension EvaluatorDescription {
  /// What the evaluator states, and what is assumed of what it does not.
  public var measurableWidths: MeasurableWidths {
    let stated = [weightBits, activationBits].contains { $0 != nil }
    guard stated || weightFormats != nil || activationFormats != nil else { return .assumed }
    return MeasurableWidths(
      weights: Self.all(weightFormats, weightBits), activations: Self.all(activationFormats, activationBits))
  }

  /// Formats that this version does not know are left out.
  private static func all(_ formats: [FormatName]?, _ bits: [BitWidth]?) -> [BitWidth] {
    guard let formats else { return bits ?? MeasurableWidths.assumed.weights }
    return formats.compactMap(\.format) + (bits ?? [])
  }

  /// Throws `EvaluatorFailure` for a layer with a format that the evaluator has not stated; integers and 32-bit floats
  /// need no statement.
  func requireFormats(of policy: [WireEvaluation.LayerBits]) throws(EvaluatorFailure) {
    let widths = measurableWidths
    for layer in policy {
      for (format, role, measurable) in [
        (layer.precision.weight, "weights", widths.weights),
        (layer.precision.activation, "activations", widths.activations),
      ] where !format.isNumberOfBits && !measurable.contains(format) {
        throw EvaluatorFailure(
          .illegal,
          "layer \(layer.layer) has \(layer.precision); the evaluator does not state \(format) among the formats of "
            + "\(role) that it measures: \(measurable.rangeText)")
      }
    }
  }
}
