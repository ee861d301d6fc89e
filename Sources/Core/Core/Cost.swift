/// What one layer costs at one precision, for the whole batch, in SI units.
///
/// Kept in fields rather than a dictionary: a table has thousands of costs, and none of them should allocate.
public struct Cost: Hashable, Sendable {
  private var latencySeconds: Double?
  private var energyJoules: Double?
  private var weightBytes: Double?
  private var trafficBytes: Double?
  private var bufferBytes: Double?
  private var peakActivationBytes: Double?
  /// Where the latency comes from, when the target can say.
  public var breakdown: Breakdown?
  /// Whether the cost lies between measured ones rather than being stated itself.
  public var isInterpolated: Bool
  /// The standard deviation of the logarithm of the latency; nil where the target does not say how sure it is.
  public var latencyDeviation: Double?

  public init(
    values: [Metric: Double], breakdown: Breakdown? = nil, isInterpolated: Bool = false,
    latencyDeviation: Double? = nil
  ) {
    self.breakdown = breakdown
    self.isInterpolated = isInterpolated
    self.latencyDeviation = latencyDeviation
    for (metric, value) in values { self[metric] = value }
  }

  /// The cost by one metric, finite and not negative; nil when the target does not provide it.
  public subscript(metric: Metric) -> Double? {
    get {
      switch metric {
      case .latency: latencySeconds
      case .energy: energyJoules
      case .weightBytes: weightBytes
      case .trafficBytes: trafficBytes
      case .bufferBytes: bufferBytes
      case .peakActivationBytes: peakActivationBytes
      }
    }
    set {
      switch metric {
      case .latency: latencySeconds = newValue
      case .energy: energyJoules = newValue
      case .weightBytes: weightBytes = newValue
      case .trafficBytes: trafficBytes = newValue
      case .bufferBytes: bufferBytes = newValue
      case .peakActivationBytes: peakActivationBytes = newValue
      }
    }
  }

  /// All that are provided.
  public var values: [Metric: Double] {
    Metric.allCases.reduce(into: [:]) { $0[$1] = self[$1] }
  }
}
