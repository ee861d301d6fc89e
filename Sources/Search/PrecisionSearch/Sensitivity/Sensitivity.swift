public import Core

/// What narrowing one operand of one layer does to a network, every other operand at its widest.
public struct Sensitivity: Hashable, Sendable, Codable {
  public var measure: Measure
  /// By layer; pinned layers have none.
  public var layers: [LayerPart?]

  /// The measure of how much the outputs changed.
  public enum Measure: String, Hashable, Sendable, Codable {
    /// Of class probabilities from the unquantized network's: Kullback-Leibler, nats.
    case divergence
    /// The cross-entropy, nats; from evaluators that do not tell the divergence.
    case loss
    /// The divergence, by the evaluator's estimate where nothing was measured.
    case estimatedDivergence = "estimated_divergence"
  }

  /// The two operands of a layer.
  public struct LayerPart: Hashable, Sendable, Codable {
    public var weight: [Increase]
    public var activation: [Increase]

    public init(weight: [Increase], activation: [Increase]) {
      self.weight = weight
      self.activation = activation
    }
  }

  /// How far the measure rises at a width above its value with everything at its widest.
  public struct Increase: Hashable, Sendable, Codable {
    public var width: BitWidth
    /// In nats; at least that of every format that covers this one.
    public var increase: Double

    public init(width: BitWidth, increase: Double) {
      self.width = width
      self.increase = increase
    }
  }

  public init(measure: Measure, layers: [LayerPart?]) {
    self.measure = measure
    self.layers = layers
  }

  /// Nil for pinned layers, and for widths that were not measured.
  public func increase(layer: Int, _ role: Role, at width: BitWidth) -> Double? {
    let part = layers[layer]
    let increases = role == .weight ? part?.weight : part?.activation
    return increases?.first { $0.width == width }?.increase
  }

  /// Both operands together, on the assumption that what they do adds up.
  ///
  /// - Precondition: both widths were measured.
  public func increase(layer: Int, at precision: Precision) -> Double {
    guard let weight = increase(layer: layer, .weight, at: precision.weight),
      let activation = increase(layer: layer, .activation, at: precision.activation)
    else { preconditionFailure("\(precision) of layer \(layer) was not measured") }
    return weight + activation
  }
}
