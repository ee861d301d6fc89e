/// What one layer costs at one precision, for the whole batch, in SI units.
public struct Cost: Hashable, Sendable {
  /// The metrics that the target provides; each value is finite and not negative.
  public var values: [Metric: Double]
  /// Where the latency comes from, when the target can say.
  public var breakdown: Breakdown?
  /// Whether the cost lies between measured ones rather than being stated itself.
  public var isInterpolated: Bool

  public init(values: [Metric: Double], breakdown: Breakdown? = nil, isInterpolated: Bool = false) {
    self.values = values
    self.breakdown = breakdown
    self.isInterpolated = isInterpolated
  }

  public subscript(metric: Metric) -> Double? { values[metric] }
}

/// The time each part of a layer would take alone, and which of them bounds the layer.
public struct Breakdown: Hashable, Sendable, Codable {
  /// What a layer waits for.
  public enum Bound: String, Hashable, Sendable, Codable, CaseIterable {
    case compute
    case weightTraffic = "weight-traffic"
    case activationTraffic = "activation-traffic"
  }

  public var compute_s: Double
  public var weightTraffic_s: Double
  public var activationTraffic_s: Double
  public var bound: Bound

  public init(compute_s: Double, weightTraffic_s: Double, activationTraffic_s: Double, bound: Bound) {
    self.compute_s = compute_s
    self.weightTraffic_s = weightTraffic_s
    self.activationTraffic_s = activationTraffic_s
    self.bound = bound
  }
}

/// A cost model's answer for one point.
public enum PointOutcome: Hashable, Sendable {
  case cost(Cost)
  /// The target does not model this layer kind or width.
  case unsupported
  /// The layer at this precision exceeds an on-chip resource.
  case doesNotFit
}
