/// How a fine-tuning over whole epochs ended, as the evaluator says with its last reply.
public struct FineTuningOutcome: Hashable, Sendable {
  /// The epoch whose weights were kept, 0 for those before the first; nil from an evaluator that keeps the last.
  public var keptEpoch: Int?
  /// The peak of the learning rate that was taken; nil where it is that of the job.
  public var learningRate: Double?

  public init(keptEpoch: Int? = nil, learningRate: Double? = nil) {
    (self.keptEpoch, self.learningRate) = (keptEpoch, learningRate)
  }
}

/// Which epoch's weights a fine-tuning keeps.
public enum KeptEpoch: String, Hashable, Sendable, Codable, CaseIterable {
  case last
  /// That of the best figures on the validation split, by `EvaluationResult.Figures.isBetter`; of equal ones the earliest.
  /// The network before the first epoch is one of them.
  case best
}

/// How the peak of the learning rate is chosen.
public enum RateChoice: String, Hashable, Sendable, Codable, CaseIterable {
  case given
  /// That of the job, divided by 4 until a short trial does not raise the loss.
  case guarded
}

extension EvaluationResult.Figures {
  /// Whether these are of a better network than others on the same samples: of higher accuracy, or of equal accuracy and
  /// lower loss.
  public func isBetter(than other: EvaluationResult.Figures) -> Bool {
    accuracy == other.accuracy ? loss < other.loss : accuracy > other.accuracy
  }
}

extension EvaluatorDescription {
  /// Whether the evaluator keeps the best epoch of a fine-tuning, and guards its rate; since 1.5.
  public var keepsBestEpoch: Bool { minor >= 5 }

  /// Throws for a training that the evaluator does not know; it would do another without a word.
  ///
  /// - Parameters:
  ///   - loss: Nil for labels.
  ///   - clips: Nil for calibrated ones.
  public func requireTraining(
    loss: FineTuningLoss?, clips: ActivationClips?
  ) throws(EvaluatorFailure) {
    if clips == .learned, minor < 2 { throw lacks("learned clips", .pact, since: 2) }
    if clips == .steps, minor < 5 { throw lacks("learned step sizes", .lsq, since: 5) }
    if loss == .distillation, minor < 5 { throw lacks("distillation", .distillation, since: 5) }
  }

  private enum Asked: String {
    case pact = "--pact"
    case lsq = "--lsq"
    case distillation = "--loss distillation"
  }

  private func lacks(_ what: String, _ option: Asked, since minor: Int) -> EvaluatorFailure {
    EvaluatorFailure(
      .illegal,
      "the evaluator speaks \(self.protocol), which has no \(what); leave out \(option.rawValue), or use an evaluator of "
        + "haq.evaluator/1.\(minor)")
  }
}
