/// An evaluator's answer.
public struct EvaluationResult: Hashable, Sendable {
  /// Top-1, a share in 0...1.
  public var accuracy: Double
  /// Mean cross-entropy in nats.
  public var loss: Double
  /// Samples measured; fewer than asked for when the policy was stopped below the bar.
  public var samples: Int
  /// Mean Kullback-Leibler divergence of the class probabilities from the unquantized network's, in nats.
  ///
  /// Nil for the unquantized network, and from evaluators that do not tell. It varies less from sample to sample
  /// than the accuracy does, so that few samples tell policies apart.
  public var divergence: Double?
  /// The share of samples whose class is among the five most probable; nil unless it was asked for.
  public var top5Accuracy: Double?
  /// The time of one inference that the evaluator measured on the hardware itself, in seconds; nil from most.
  public var latency: Double?
  /// Whether the evaluator stopped early, because the policy stays below the bar of the request.
  public var isBelowBar = false
  /// Why the policy could not be measured, such as "exit status 9 (3 times)"; nil when it was.
  ///
  /// A failed policy counts as one that gets nothing right on no samples; its loss means nothing.
  public var failure: String?

  public init(accuracy: Double, loss: Double, samples: Int, divergence: Double? = nil) {
    self.accuracy = accuracy
    self.loss = loss
    self.samples = samples
    self.divergence = divergence
  }

  /// Of a policy on which evaluators failed again and again.
  public static func failed(_ reason: String) -> EvaluationResult {
    var result = EvaluationResult(accuracy: 0, loss: 0, samples: 0)
    result.failure = reason
    return result
  }
}

extension EvaluationResult: Codable {
  /// Names as they stand in files and messages. The strategy that reads messages turns `latency_s` into `latencyS`.
  private struct Key: CodingKey, ExpressibleByStringLiteral {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringLiteral name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    accuracy = try container.decode(Double.self, forKey: "accuracy")
    loss = try container.decode(Double.self, forKey: "loss")
    samples = try container.decode(Int.self, forKey: "samples")
    divergence = try container.decodeIfPresent(Double.self, forKey: "divergence")
    func either(_ snake: Key, _ camel: Key) throws -> Double? {
      try container.decodeIfPresent(Double.self, forKey: snake)
        ?? container.decodeIfPresent(Double.self, forKey: camel)
    }
    top5Accuracy = try either("top5_accuracy", "top5Accuracy")
    latency = try either("latency_s", "latencyS")
    let isBelow = try container.decodeIfPresent(Bool.self, forKey: "below_bar")
    isBelowBar = try isBelow ?? container.decodeIfPresent(Bool.self, forKey: "belowBar") ?? false
    failure = try container.decodeIfPresent(String.self, forKey: "failure")
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(accuracy, forKey: "accuracy")
    try container.encode(loss, forKey: "loss")
    try container.encode(samples, forKey: "samples")
    try container.encodeIfPresent(divergence, forKey: "divergence")
    try container.encodeIfPresent(top5Accuracy, forKey: "top5_accuracy")
    try container.encodeIfPresent(latency, forKey: "latency_s")
    if isBelowBar { try container.encode(true, forKey: "below_bar") }
    try container.encodeIfPresent(failure, forKey: "failure")
  }
}
