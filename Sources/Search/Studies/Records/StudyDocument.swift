/// What a search writes beside its log.
public enum StudyDocument: String, Hashable, Sendable, CaseIterable {
  /// The bytes of policy.json.
  case policy
  /// The bytes of sensitivity.json.
  case sensitivity
  /// The bytes of report.json.
  case report
  /// The cost tables that the search used, one for each target: a JSON array.
  case costTables = "cost-tables"
  /// A `StudyProblem`; studies made before there was one have its content among their facts.
  case problem
  /// A `RecordedCorrectSamples`; absent where no evaluator said which samples are right.
  case correctSamples = "correct-samples"
  /// A `RecordedEstimates`; absent where no evaluator estimated sensitivities.
  case estimates
}
