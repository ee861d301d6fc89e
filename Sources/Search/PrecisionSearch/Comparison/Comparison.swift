public import Core
public import Evaluation

/// What a search found, against the baselines: all trained alike, all measured on both splits.
public struct Comparison: Hashable, Sendable {
  /// A policy that is better than its rivals on the validation split, and therefore measured on the test split.
  public struct Contender: Hashable, Sendable {
    /// On the validation split.
    public var measured: MeasuredPolicy
    public var test: EvaluationResult

    public init(_ measured: MeasuredPolicy, test: EvaluationResult) {
      self.measured = measured
      self.test = test
    }
  }

  /// A contender with one precision for all layers that are not pinned.
  public struct Uniform: Hashable, Sendable {
    public var precision: Precision
    public var contender: Contender
  }

  /// Deep Compression's two widths.
  public struct TwoWidths: Hashable, Sendable {
    public var convolutions: BitWidth
    public var fullyConnected: BitWidth
    public var contender: Contender
  }

  /// The unquantized network.
  public struct FloatBaseline: Hashable, Sendable {
    public var validation: EvaluationResult.Figures
    public var test: EvaluationResult.Figures
  }

  public var float: FloatBaseline
  /// The best finalist; nil when the evaluator failed on every one.
  public var searched: Contender?
  /// Every uniform policy that was measured, in order.
  public var uniformCandidates: [BestUniform.Entry]
  /// Nil when no uniform policy is within the budgets, or the evaluator failed on all of them.
  public var bestUniform: Uniform?
  /// Nil unless the search is for size.
  public var deepCompression: TwoWidths?
  /// Empty unless fine-tuning learns the clips of activations.
  public var pact: [Uniform]
  /// The reference, mostly uniform 8 bit; nil when the search space does not have it.
  public var reference: Uniform?
}
