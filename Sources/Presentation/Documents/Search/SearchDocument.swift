public import Core
public import Evaluation
public import PrecisionSearch

/// What a search found: `report.json` in its run folder and its study, and the output of `haq search --format json`.
///
/// `docs/documents/search.md` describes every key.
public struct SearchDocument: Document {
  public static let schema: SchemaName = "haq.search/1.2"

  public var network: NetworkStamp
  /// The first target; costs without a target's name are of this one.
  public var target: TargetStamp
  /// All targets; absent when there is one.
  public var targets: [TargetStamp]?
  /// What the evaluator measures on.
  public var data: String
  /// What accuracy is, where it is not the top-1 accuracy, such as agreement.
  public var accuracyMetric: String?
  /// The name of the method.
  public var method: String
  public var seed: UInt64
  /// The pair of which the keys of uniform 8 bit tell; absent where that is 8 bit.
  public var reference: String?
  /// Each limit, and what the searched policy needs of it.
  public var budgets: [Limit]
  /// Absent when the accuracy was maximised.
  public var minimized: Minimized?
  /// Policies measured, repeated ones included.
  public var episodes: Int
  /// What was spent: policies measured, and sensitivity measurements by their images.
  public var evaluations: Int
  public var sensitivity: SensitivityMeasurements
  public var ending: SearchResult.Ending
  /// The unquantized network.
  public var float: FloatBaseline
  public var searched: Contender
  /// Absent when the run was stopped before the comparison was complete.
  public var comparison: Comparison?
  /// Absent without a race for the places of the finalists.
  public var race: Race?
  /// Absent when there are none.
  public var failures: [Failure]?
  /// Absent for a custom evaluator, which has its own quantizers.
  public var quantization: QuantizationStamp?
  /// Every layer under the searched policy.
  public var layers: [LayerBits]

  private enum CodingKeys: String, CodingKey {
    case network, target, targets, data, method, seed, reference, budgets, minimized, episodes, evaluations
    case sensitivity, ending, float, searched, comparison, race, failures, quantization, layers
    case accuracyMetric = "accuracy_metric"
  }

  /// The searched policy.
  public var policy: Policy {
    Policy(layers.map { Precision(weight: $0.weightBits, activation: $0.activationBits) })
  }
}

extension SearchDocument {
  /// One limit, in the metric's SI unit.
  public struct Limit: Hashable, Sendable, Codable {
    public var target: String
    public var metric: Metric
    public var limit: Double
    public var leastReachable: Double
    /// At the reference of the target; absent when it cannot run that.
    public var eightBit: Double?
    /// The reference; absent where that is 8 bit.
    public var reference: String?
    /// Absent when the target failed after the search, which is reported as an error.
    public var searched: Double?

    private enum CodingKeys: String, CodingKey {
      case target, metric, limit, reference, searched
      case leastReachable = "least_reachable"
      case eightBit = "uniform_8_bit"
    }
  }

  /// What `--accuracy-drop` minimised.
  public struct Minimized: Hashable, Sendable, Codable {
    public var metric: Metric
    /// Percentage points of validation accuracy that might be lost.
    public var accuracyDrop: Double

    private enum CodingKeys: String, CodingKey {
      case metric
      case accuracyDrop = "accuracy_drop"
    }
  }

  /// What was spent on measuring single layers.
  public struct SensitivityMeasurements: Hashable, Sendable, Codable {
    public var count: Int
    /// Of all of them together.
    public var images: Int
  }

  /// The unquantized network.
  public struct FloatBaseline: Hashable, Sendable, Codable {
    public var validation: EvaluationResult.Figures?
    /// Absent without a comparison.
    public var test: EvaluationResult.Figures?
  }

  /// How the finalists were chosen from more policies, on the whole validation split.
  public struct Race: Hashable, Sendable, Codable {
    public var contenders: Int
    /// The places.
    public var finalists: Int
    /// Validation samples of each that was not given up; 0 when no policy challenged the places.
    public var samples: Int
    /// Contenders that were given up before.
    public var stopped: Int
    /// Finalists that had no place by the search.
    public var promoted: Int
    /// Contenders without a place, within one paired standard error of the last finalist on all samples; absent where the
    /// evaluator does not say which samples are right.
    public var tied: Int?
  }

  /// A policy that could not be measured.
  public struct Failure: Hashable, Sendable, Codable {
    /// Such as `W8A8 W4A6 W8A8`.
    public var policy: String
    public var split: Split
    public var reason: String
  }

  /// One layer under the searched policy.
  public struct LayerBits: Hashable, Sendable, Codable {
    public var name: String
    public var kind: Layer.Kind
    public var weightBits: BitWidth
    public var activationBits: BitWidth
    /// Of the output as it is stored; absent where the costs of the first target do not depend on it.
    public var outputBits: BitWidth?
    /// The widths that the first target costs these as, such as `W4A8`; absent where they are the same.
    public var costedAs: String?
    /// On the first target, by metric, SI units.
    public var cost: [Metric: Double]
    /// At the reference of the search, mostly 8 bit; absent when the target cannot run that.
    public var eightBitCost: [Metric: Double]?
    /// What limits the layer; absent when the target does not say.
    public var bound: Breakdown.Bound?

    private enum CodingKeys: String, CodingKey {
      case name, kind, cost, bound
      case weightBits = "weight_bits"
      case activationBits = "activation_bits"
      case outputBits = "output_bits"
      case costedAs = "costed_as"
      case eightBitCost = "eight_bit_cost"
    }
  }
}
