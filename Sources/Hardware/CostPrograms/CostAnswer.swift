import Core

/// What a cost program says of one point, or of a whole network.
public struct CostAnswer: Hashable, Sendable {
  public var outcome: Outcome
  /// Half the distance between the quartiles of the repetitions, divided by their median; nil where nothing was measured.
  public var spread: Double?
  /// How often it was measured.
  public var repetitions: Int?
  /// The least latency of the repetitions, in seconds.
  public var leastSeconds: Double?
  /// Of a network: its latency when no operators are joined, in seconds.
  public var unfusedSeconds: Double?
  /// Of a network: the share of its latency that each kind of operator takes, by the names of what ran it.
  public var shares: [String: Double]?

  /// A cost, or none.
  public enum Outcome: Hashable, Sendable {
    /// By the key of the metric, such as `latency_s`, for the whole batch.
    case cost([String: Double])
    /// The target cannot run it, and why.
    case unsupported(String)
  }

  public init(
    _ outcome: Outcome, spread: Double? = nil, repetitions: Int? = nil, leastSeconds: Double? = nil
  ) {
    self.outcome = outcome
    self.spread = spread
    self.repetitions = repetitions
    self.leastSeconds = leastSeconds
  }
}

extension CostAnswer: Codable {
  private enum CodingKeys: String, CodingKey {
    case cost, unsupported, spread, repetitions
    case leastSeconds = "least_s"
    case unfusedSeconds = "unfused_s"
    case shares
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if let reason = try container.decodeIfPresent(String.self, forKey: .unsupported) {
      outcome = .unsupported(reason)
    } else {
      outcome = .cost(try container.decode([String: Double].self, forKey: .cost))
    }
    spread = try container.decodeIfPresent(Double.self, forKey: .spread)
    repetitions = try container.decodeIfPresent(Int.self, forKey: .repetitions)
    leastSeconds = try container.decodeIfPresent(Double.self, forKey: .leastSeconds)
    unfusedSeconds = try container.decodeIfPresent(Double.self, forKey: .unfusedSeconds)
    shares = try container.decodeIfPresent([String: Double].self, forKey: .shares)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch outcome {
    case .cost(let cost): try container.encode(cost, forKey: .cost)
    case .unsupported(let reason): try container.encode(reason, forKey: .unsupported)
    }
    try container.encodeIfPresent(spread, forKey: .spread)
    try container.encodeIfPresent(repetitions, forKey: .repetitions)
    try container.encodeIfPresent(leastSeconds, forKey: .leastSeconds)
    try container.encodeIfPresent(unfusedSeconds, forKey: .unfusedSeconds)
    try container.encodeIfPresent(shares, forKey: .shares)
  }
}

extension CostAnswer {
  /// What a cost table has of it.
  ///
  /// - Parameter metrics: those that the table wants; the answer has been compared with its program's description.
  func pointOutcome(_ metrics: Set<Metric>) -> PointOutcome {
    guard case .cost(let values) = outcome else { return .unsupported }
    let wanted = metrics.compactMap { metric in
      // Adding positive zero turns negative zero into it and changes nothing else.
      values[metric.rawValue].map { (metric, $0 + 0) }
    }
    return .cost(Cost(values: Dictionary(wanted) { first, _ in first }))
  }

  /// Throws for figures that cannot be, or for other metrics than the program describes.
  func requirePossible(of description: ProgramDescription) throws(ImpossibleCost) {
    if let spread, !(spread >= 0 && spread.isFinite) {
      throw ImpossibleCost("spread is \(spread); it must be a finite number of at least 0")
    }
    if let repetitions, repetitions < 1 {
      throw ImpossibleCost("repetitions is \(repetitions); it must be at least 1")
    }
    if let unfusedSeconds, !(unfusedSeconds >= 0 && unfusedSeconds <= CostProtocol.largestCost) {
      throw ImpossibleCost("unfused_s is \(unfusedSeconds); it must be 0 to \(CostProtocol.largestCost)")
    }
    if let wrong = shares?.sorted(by: { $0.key < $1.key }).first(where: { !(0...1).contains($0.value) }) {
      throw ImpossibleCost("the share of \(wrong.key.visibleLine) is \(wrong.value); it must be 0 to 1")
    }
    guard case .cost(let values) = outcome else { return }
    for (key, value) in values.sorted(by: { $0.key < $1.key }) {
      guard description.metrics.contains(key) else {
        throw ImpossibleCost(
          "the cost has \"\(key.visibleLine)\", which is none of the metrics that the program describes")
      }
      guard value >= 0, value <= CostProtocol.largestCost else {
        throw ImpossibleCost("\(key) is \(value); it must be 0 to \(CostProtocol.largestCost), in SI units")
      }
    }
    if let missing = description.metrics.first(where: { values[$0] == nil }) {
      throw ImpossibleCost("the cost has no \(missing), which the program describes")
    }
    if let leastSeconds, let latency = values[Metric.latency.rawValue],
      !(leastSeconds >= 0 && leastSeconds <= latency)
    {
      throw ImpossibleCost("least_s is \(leastSeconds); it must be 0 to the latency, \(latency)")
    }
  }
}

/// Why an answer cannot be true.
struct ImpossibleCost: Error {
  var problem: String

  init(_ problem: String) { self.problem = problem }
}
