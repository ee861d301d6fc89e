/// What fine-tuning descends on.
public enum FineTuningLoss: String, Hashable, Sendable, Codable, CaseIterable {
  /// Cross-entropy with the classes of the training samples.
  case labels
  /// Cross-entropy with the class probabilities of the float network on the same samples, at temperature 1; no class of a
  /// sample is read. It is their Kullback-Leibler divergence plus their entropy, which no weight changes.
  ///
  /// Source: Hinton, Vinyals, Dean, "Distilling the knowledge in a neural network", 2015, arXiv:1503.02531, section 2.
  case distillation
}

extension FineTuningLoss {
  /// As requests have it: nil for labels, which every evaluator descends on.
  public var asked: FineTuningLoss? { self == .labels ? nil : self }
}
