import Core
import Studies

/// How much a study has measured, in documents; its pages and texts say it in these words.
public struct StudyEffort: Hashable, Sendable, Codable {
  /// Recorded evaluations of policies that the search proposed.
  public var policyEvaluations: Int
  /// Recorded sensitivity measurements: evaluations of single layers at fewer bits.
  public var sensitivityMeasurements: Int
  /// Recorded evaluations of the float baseline, and of the comparison at the end.
  public var baselineEvaluations: Int
  /// Evaluations taken over from the study that this one was forked from.
  public var reusedEvaluations: Int
  /// Evaluations that the search may spend; one is a policy measured on the samples of the search.
  public var plannedEvaluations: Int
  /// The part of them that is spent, in 0...1.
  public var spentShare: Double

  private enum CodingKeys: String, CodingKey {
    case policyEvaluations = "policy_evaluations"
    case sensitivityMeasurements = "sensitivity_measurements"
    case baselineEvaluations = "baseline_evaluations"
    case reusedEvaluations = "reused_evaluations"
    case plannedEvaluations = "planned_evaluations"
    case spentShare = "spent_share"
  }

  init(_ counts: StudyCounts, planned: Int, _ pace: StudyPace) {
    policyEvaluations = counts.ofPolicies
    sensitivityMeasurements = counts.ofSensitivities
    baselineEvaluations = counts.ofBaselines
    reusedEvaluations = counts.reused
    plannedEvaluations = planned
    spentShare = pace.share
  }

  /// Such as `98.4 % of 30 evaluations`.
  var spent: String { "\(Quantity.percent(spentShare)) of \(plannedEvaluations) evaluations" }

  /// Such as `8 of policies, 597 for sensitivities, 28 of baselines and the comparison`.
  var parts: String {
    "\(policyEvaluations) of policies, "
      + (sensitivityMeasurements > 0 ? "\(sensitivityMeasurements) for sensitivities, " : "")
      + "\(baselineEvaluations) of baselines and the comparison"
      + (reusedEvaluations > 0 ? ", \(reusedEvaluations) taken over from another study" : "")
  }
}

extension StudyTally {
  /// - Parameter policies: How many the search has measured.
  func pace(policies: Int, of problem: StudyProblem) -> StudyPace {
    pace(
      policies: policies, planned: max(problem.evaluations, 1), searchSamples: max(problem.searchSamples, 1))
  }
}
