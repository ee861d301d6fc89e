public import Core

/// What a cost program says of itself: whose costs it has, and which.
public struct ProgramDescription: Hashable, Sendable, Codable {
  public var `protocol`: String
  /// Name and version of the program.
  public var program: String
  /// What the costs are of.
  public var device: String
  /// Versions of what the costs depend on, by name.
  public var software: [String: String]?
  /// The kinds of layers that it can cost; words that this version does not know do not count.
  public var layers: [String]
  /// Pairs of formats, such as `W4A8` and `int4/bf16`.
  public var precisions: [String]
  /// Keys of metrics, such as `latency_s`.
  public var metrics: [String]
  /// Whether costs are measured rather than computed.
  public var measured: Bool
  /// The only batch that it can cost; nil for any.
  public var batch: Int?
  /// Whether it says what whole networks cost.
  public var network: Bool?

  public init(
    protocol version: String = CostProtocol.version, program: String, device: String,
    software: [String: String]? = nil, layers: [String], precisions: [String], metrics: [String],
    measured: Bool, batch: Int? = nil, network: Bool? = nil
  ) {
    self.protocol = version
    self.program = program
    self.device = device
    self.software = software
    self.layers = layers
    self.precisions = precisions
    self.metrics = metrics
    self.measured = measured
    self.batch = batch
    self.network = network
  }

  /// Those of `layers` that this version knows.
  public var kinds: Set<Layer.Kind> { Set(layers.compactMap(Layer.Kind.init)) }

  /// Those of `metrics` that this version knows.
  public var knownMetrics: Set<Metric> {
    Set(metrics.compactMap(Metric.init)).intersection(Metric.ofTargets)
  }

  /// The formats that go together.
  public var pairs: Set<Precision> { Set(precisions.compactMap { Precision($0) }) }

  /// Throws for a description of what cannot be a target.
  func requirePossible() throws(ImpossibleCost) {
    guard !kinds.isEmpty else {
      throw ImpossibleCost(
        "layers has none of \(Layer.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    if let wrong = precisions.first(where: { Precision($0) == nil }) {
      throw ImpossibleCost(
        "precisions has \"\(String(wrong.prefix(40)).visibleLine)\"; a pair is written \"W4A8\", or \"int4/bf16\" by "
          + "the names of its formats")
    }
    guard !precisions.isEmpty else { throw ImpossibleCost("precisions is empty") }
    guard metrics.contains(Metric.latency.rawValue) else {
      throw ImpossibleCost("metrics lacks \(Metric.latency.rawValue)")
    }
    if let batch, batch < 1 { throw ImpossibleCost("batch is \(batch); it must be at least 1") }
  }
}
