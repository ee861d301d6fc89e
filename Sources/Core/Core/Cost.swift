/// What one layer costs at one precision, for the whole batch, in SI units.
///
/// Kept in fields rather than a dictionary: a table has thousands of costs, and none of them should allocate.
public struct Cost: Hashable, Sendable {
  private var latency_s: Double?
  private var energy_j: Double?
  private var weight_bytes: Double?
  private var traffic_bytes: Double?
  private var buffer_bytes: Double?
  /// Where the latency comes from, when the target can say.
  public var breakdown: Breakdown?
  /// Whether the cost lies between measured ones rather than being stated itself.
  public var isInterpolated: Bool

  public init(values: [Metric: Double], breakdown: Breakdown? = nil, isInterpolated: Bool = false) {
    self.breakdown = breakdown
    self.isInterpolated = isInterpolated
    for (metric, value) in values { self[metric] = value }
  }

  /// The cost by one metric, finite and not negative; nil when the target does not provide it.
  public subscript(metric: Metric) -> Double? {
    get {
      switch metric {
      case .latency: latency_s
      case .energy: energy_j
      case .weightBytes: weight_bytes
      case .trafficBytes: traffic_bytes
      case .bufferBytes: buffer_bytes
      case .peakActivationBytes: nil
      }
    }
    set {
      switch metric {
      case .latency: latency_s = newValue
      case .energy: energy_j = newValue
      case .weightBytes: weight_bytes = newValue
      case .trafficBytes: traffic_bytes = newValue
      case .bufferBytes: buffer_bytes = newValue
      case .peakActivationBytes:
        preconditionFailure("a network's graph tells its peak memory, not a cost model")
      }
    }
  }

  /// All that are provided.
  public var values: [Metric: Double] {
    Metric.allCases.reduce(into: [:]) { $0[$1] = self[$1] }
  }
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
