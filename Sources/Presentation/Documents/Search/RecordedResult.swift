import Core
import Evaluation
import Foundation
import PrecisionSearch

/// What a finished search said of itself: the parts of report.json that a study's report shows.
struct RecordedResult: Decodable {
  /// One policy of the comparison at the end.
  struct Contender: Decodable {
    /// Such as `W4A6`; absent for policies that are not uniform.
    var precision: String?
    var cost: [Metric: Double]
    var validation: EvaluationResult
    /// What fine-tuning led to, where the policy is better, and compared, as calibrated.
    var discarded_finetuning: EvaluationResult?
    var test: EvaluationResult?
  }

  struct Unquantized: Decodable {
    var validation: EvaluationResult.Figures?
    var test: EvaluationResult.Figures?
  }

  struct Budget: Decodable {
    var target: String
    var metric: Metric
    var limit: Double
    var least_reachable: Double
    var uniform_8_bit: Double?
    var searched: Double
  }

  struct Minimized: Decodable {
    var metric: Metric
    /// Percentage points.
    var accuracy_drop: Double
  }

  struct LayerBits: Decodable {
    var weight_bits: BitWidth
    var activation_bits: BitWidth
  }

  var budgets: [Budget]
  var minimized: Minimized?
  var ending: SearchResult.Ending
  var float: Unquantized
  var searched: Contender
  var best_uniform: Contender?
  var uniform_8_bit: Contender?
  var uniform_candidates: [Contender]
  var layers: [LayerBits]

  /// The searched policy.
  var policy: Policy {
    Policy(layers.map { Precision(weight: $0.weight_bits, activation: $0.activation_bits) })
  }

  init(_ text: String) throws {
    self = try JSONDecoder().decode(Self.self, from: Data(text.utf8))
  }
}
