/// An evaluator's answer.
public enum EvaluationResult: Hashable, Sendable {
  /// On all samples asked for.
  case measured(Figures)
  /// The evaluator stopped early, because the policy stays below the threshold of the request; on the samples until then.
  case stopped(Figures)
  /// The policy could not be measured, and why, such as "exit status 9 (3 times)".
  case failed(String)

  /// How accurate a network is on some samples.
  public struct Figures: Hashable, Sendable, Codable {
    /// Top-1, a share in 0...1.
    public var accuracy: Double
    /// Mean cross-entropy in nats.
    public var loss: Double
    /// Samples measured.
    public var samples: Int
    /// Mean Kullback-Leibler divergence of the class probabilities from the unquantized network's, in nats.
    ///
    /// Nil for the unquantized network, and from evaluators that do not report it. It varies less from sample to sample
    /// than the accuracy does, so that few samples distinguish policies.
    public var divergence: Double?
    /// The share of samples whose class is among the five most probable; nil unless it was asked for.
    public var top5Accuracy: Double?
    /// The time of one inference that the evaluator measured on the hardware itself, in seconds; nil from most.
    public var latency: Double?
    /// Which samples are right; nil unless it was asked for. Messages and studies have it beside the figures.
    public var correctSamples: CorrectSamples?
    /// How much each of the narrowings that were asked for would raise the divergence, in nats, by the evaluator's
    /// estimate; nil from most. Messages and studies have it beside the figures.
    public var estimatedIncreases: [Double]?

    /// The names in messages, studies and reports.
    private enum CodingKeys: String, CodingKey {
      case accuracy
      case loss
      case samples
      case divergence
      case top5Accuracy = "top5_accuracy"
      case latency = "latency_s"
    }

    public init(accuracy: Double, loss: Double, samples: Int, divergence: Double? = nil) {
      self.accuracy = accuracy
      self.loss = loss
      self.samples = samples
      self.divergence = divergence
    }
  }

  /// Measured on all samples asked for.
  public init(accuracy: Double, loss: Double, samples: Int, divergence: Double? = nil) {
    self = .measured(Figures(accuracy: accuracy, loss: loss, samples: samples, divergence: divergence))
  }

  /// Of all samples asked for, or of those until the evaluator stopped; nil when the policy could not be measured.
  public var figures: Figures? {
    switch self {
    case .measured(let figures), .stopped(let figures): figures
    case .failed: nil
    }
  }

  /// With other figures, where there are any.
  public func mapFigures(_ change: (inout Figures) throws -> Void) rethrows -> EvaluationResult {
    guard var figures else { return self }
    try change(&figures)
    return if case .stopped = self { .stopped(figures) } else { .measured(figures) }
  }

  /// Why the policy could not be measured; nil when it was.
  public var failure: String? { if case .failed(let reason) = self { reason } else { nil } }

  /// The figures; throws `UnmeasuredPolicy` when there are none.
  public func get() throws(UnmeasuredPolicy) -> Figures {
    switch self {
    case .measured(let figures), .stopped(let figures): return figures
    case .failed(let reason): throw UnmeasuredPolicy(reason: reason)
    }
  }
}

/// Figures were needed of a policy on which the evaluator failed.
public struct UnmeasuredPolicy: Error, Hashable, Sendable, CustomStringConvertible {
  public var reason: String

  public var description: String { "the evaluator failed: \(reason)" }
}
