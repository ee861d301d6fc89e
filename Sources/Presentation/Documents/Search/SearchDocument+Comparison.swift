public import Core
public import Evaluation

extension SearchDocument {
  /// One policy of the comparison.
  public struct Contender: Hashable, Sendable, Codable {
    /// Such as `W4A6`; absent for policies that are not uniform.
    public var precision: String?
    /// On the first target, by metric, SI units.
    public var cost: [Metric: Double]
    /// How far `cost` is from what the layers alone add up to; absent where it is just that, for every metric.
    public var networkGap: [Metric: NetworkGap]?
    public var validation: EvaluationResult
    /// What fine-tuning led to on the validation split, where the policy is better, and compared, as calibrated.
    public var discardedFineTuning: EvaluationResult?
    /// Absent for policies that others beat on the validation split.
    public var test: EvaluationResult?

    private enum CodingKeys: String, CodingKey {
      case precision, cost, validation, test
      case networkGap = "network_gap"
      case discardedFineTuning = "discarded_finetuning"
    }
  }

  /// Every uniform policy that was measured; none without a comparison.
  public var uniforms: [Contender] {
    (comparison?.uniformCandidates ?? []) + [comparison?.eightBit].compactMap(\.self)
  }

  /// Deep Compression: one width for convolutions and one for fully connected layers.
  public struct TwoWidths: Hashable, Sendable, Codable {
    public var convolutionBits: BitWidth
    public var fullyConnectedBits: BitWidth
    public var cost: [Metric: Double]
    public var validation: EvaluationResult
    public var discardedFineTuning: EvaluationResult?
    public var test: EvaluationResult?

    private enum CodingKeys: String, CodingKey {
      case cost, validation, test
      case convolutionBits = "convolution_weight_bits"
      case fullyConnectedBits = "fully_connected_weight_bits"
      case discardedFineTuning = "discarded_finetuning"
    }
  }

  /// The baselines, trained and measured as the searched policy.
  public struct Comparison: Hashable, Sendable, Codable {
    /// Absent when no uniform policy is within the budgets, or the evaluator failed on all of them.
    public var bestUniform: Contender?
    /// Absent when the search space has no uniform 8 bit.
    public var eightBit: Contender?
    /// Every uniform policy that was measured.
    public var uniformCandidates: [Contender]
    /// Absent unless the search was for size.
    public var deepCompression: TwoWidths?
    /// PACT at uniform 4, 5 and 6 bit, within the budgets or not; absent without --pact.
    public var pact: [Contender]?
    /// Of test accuracies, on the same samples; absent where the evaluator does not say which samples are right.
    public var differences: [Difference]?

    private enum CodingKeys: String, CodingKey {
      case bestUniform = "best_uniform"
      case eightBit = "uniform_8_bit"
      case uniformCandidates = "uniform_candidates"
      case deepCompression = "deep_compression"
      case pact = "uniform_pact"
      case differences = "test_differences"
    }
  }

  /// The test accuracy of one policy less that of another.
  public struct Difference: Hashable, Sendable, Codable {
    public var of: Policy
    public var less: Policy
    public var measured: PairedDifference

    /// What is compared.
    public enum Policy: String, Hashable, Sendable, Codable, CaseIterable {
      case float
      case searched
      case eightBit = "uniform_8_bit"
      case bestUniform = "best_uniform"
      case deepCompression = "deep_compression"
    }

    private enum CodingKeys: String, CodingKey {
      case of, less
    }

    public init(_ of: Policy, less: Policy, _ measured: PairedDifference) {
      (self.of, self.less, self.measured) = (of, less, measured)
    }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      of = try container.decode(Policy.self, forKey: .of)
      less = try container.decode(Policy.self, forKey: .less)
      measured = try PairedDifference(from: decoder)
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(of, forKey: .of)
      try container.encode(less, forKey: .less)
      try measured.encode(to: encoder)
    }
  }

  /// On the samples of the test split; nil where it is not known.
  public func difference(_ one: Difference.Policy, less other: Difference.Policy) -> PairedDifference? {
    comparison?.differences?.first { $0.of == one && $0.less == other }?.measured
  }
}
