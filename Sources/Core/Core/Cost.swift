/// What one layer costs at one precision, for the whole batch, in SI units.
///
/// Kept in fields rather than a dictionary: a table has thousands of costs, and none of them should allocate.
public struct Cost: Hashable, Sendable {
  private var latency_s: Double?
  private var energy_j: Double?
  private var weight_bytes: Double?
  private var traffic_bytes: Double?
  private var buffer_bytes: Double?
  private var peak_activation_bytes: Double?
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
      case .peakActivationBytes: peak_activation_bytes
      }
    }
    set {
      switch metric {
      case .latency: latency_s = newValue
      case .energy: energy_j = newValue
      case .weightBytes: weight_bytes = newValue
      case .trafficBytes: traffic_bytes = newValue
      case .bufferBytes: buffer_bytes = newValue
      case .peakActivationBytes: peak_activation_bytes = newValue
      }
    }
  }

  /// All that are provided.
  public var values: [Metric: Double] {
    Metric.allCases.reduce(into: [:]) { $0[$1] = self[$1] }
  }
}
