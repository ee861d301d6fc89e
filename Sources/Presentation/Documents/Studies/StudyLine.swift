import Core
import Evaluation
import PrecisionSearch
public import Studies

/// A study in a line, in documents.
public struct StudyLine: Hashable, Sendable, Codable {
  public var path: String
  /// running, interrupted, stopped or completed.
  public var state: String
  /// ISO 8601, UTC.
  public var createdAt: String
  /// ISO 8601, UTC; absent before the first evaluation.
  public var lastEvaluationAt: String?
  public var network: String
  public var target: String
  public var method: String
  /// Recorded, sensitivity measurements and baselines included.
  public var evaluations: Int
  /// Policies that the search measured, repeated ones included.
  public var episodes: Int
  /// Policies that could not be measured.
  public var failedPolicies: Int
  /// What accuracy is, where it is not the top-1 accuracy, such as agreement.
  public var accuracyMetric: String?
  /// On the validation samples of the search, a share in 0...1; absent before the first policy.
  public var bestAccuracy: Double?
  /// The validation samples that `bestAccuracy` is of.
  public var bestSamples: Int?
  /// Of the best policy, in the SI unit of the cost that the search is about.
  public var bestCost: Double?

  private enum CodingKeys: String, CodingKey {
    case path, state, network, target, method, evaluations, episodes
    case createdAt = "created_at"
    case lastEvaluationAt = "last_evaluation_at"
    case failedPolicies = "failed_policies"
    case bestAccuracy = "best_accuracy"
    case bestSamples = "best_samples"
    case bestCost = "best_cost"
    case accuracyMetric = "accuracy_metric"
  }

  public init(_ summary: StudySummary) {
    path = summary.path
    state = summary.state.rawValue
    createdAt = summary.createdAt
    lastEvaluationAt = summary.lastEvaluationAt
    network = summary.facts.value(.accuracy, "network") ?? ""
    target = summary.facts.value(.cost, "target") ?? ""
    method = summary.facts.value(.search, "method") ?? ""
    accuracyMetric = summary.facts.value(.accuracy, "metric")
    evaluations = summary.evaluationCount
    episodes = summary.episodeCount
    failedPolicies = summary.failedPolicyCount
    bestAccuracy = summary.best?.measured.result.figures?.accuracy
    bestSamples = summary.best?.measured.result.figures?.samples
    bestCost = summary.best?.measured.cost
  }
}
