/// What one layer costs at one precision, for the whole batch, in SI units.
///
/// Kept in fields rather than a dictionary: a table has thousands of costs, and none of them should allocate.
public struct Cost: Hashable, Sendable {
  private var latencySeconds = OptionalFigure()
  private var energyJoules = OptionalFigure()
  private var weightBytes = OptionalFigure()
  private var trafficBytes = OptionalFigure()
  private var bufferBytes = OptionalFigure()
  private var peakActivationBytes = OptionalFigure()
  /// Where the latency comes from, when the target can say.
  public var breakdown: Breakdown?
  /// Whether the cost lies between measured ones rather than being stated itself.
  public var isInterpolated: Bool
  /// The standard deviation of the logarithm of the latency; nil where the target does not say how sure it is.
  public var latencyDeviation: Double? {
    get { deviation.value }
    set { deviation.value = newValue }
  }
  /// What the layer takes by itself, in seconds, where its latency is the part that it has in a network's; else nil.
  public var latencyAlone: Double? {
    get { alone.value }
    set { alone.value = newValue }
  }
  private var deviation = OptionalFigure()
  private var alone = OptionalFigure()

  public init(
    values: [Metric: Double], breakdown: Breakdown? = nil, isInterpolated: Bool = false,
    latencyDeviation: Double? = nil, latencyAlone: Double? = nil
  ) {
    self.breakdown = breakdown
    self.isInterpolated = isInterpolated
    self.latencyDeviation = latencyDeviation
    self.latencyAlone = latencyAlone
    for (metric, value) in values { self[metric] = value }
  }

  /// The cost by one metric, finite and not negative; nil when the target does not provide it.
  public subscript(metric: Metric) -> Double? {
    get {
      switch metric {
      case .latency: latencySeconds.value
      case .energy: energyJoules.value
      case .weightBytes: weightBytes.value
      case .trafficBytes: trafficBytes.value
      case .bufferBytes: bufferBytes.value
      case .peakActivationBytes: peakActivationBytes.value
      }
    }
    set {
      switch metric {
      case .latency: latencySeconds.value = newValue
      case .energy: energyJoules.value = newValue
      case .weightBytes: weightBytes.value = newValue
      case .trafficBytes: trafficBytes.value = newValue
      case .bufferBytes: bufferBytes.value = newValue
      case .peakActivationBytes: peakActivationBytes.value = newValue
      }
    }
  }

  /// All that are provided.
  public var values: [Metric: Double] {
    Metric.allCases.reduce(into: [:]) { $0[$1] = self[$1] }
  }
}

/// A number or none, in the room of a number: tables have millions of them, and moving them takes longer than
/// a simple cost model takes to work them out.
private struct OptionalFigure: Hashable, Sendable {
  /// No cost and no deviation is infinite, and latencies have no sign.
  private var number = -Double.infinity

  var value: Double? {
    get { number == -.infinity ? nil : number }
    set { number = newValue ?? -.infinity }
  }
}
