import Core
public import Evaluation
import GRDB
import PrecisionSearch

/// What the recorded evaluations of a study are of.
public struct StudyCounts: Hashable, Sendable {
  /// Of policies that the search proposed.
  public var ofPolicies: Int
  /// Of the network with one operand of one layer narrowed: sensitivity measurements.
  public var ofSensitivities: Int
  /// Of the float baseline, and of the comparison at the end.
  public var ofBaselines: Int
  /// Taken over from the study that this one was forked from.
  public var reused: Int

  public init(ofPolicies: Int, ofSensitivities: Int, ofBaselines: Int, reused: Int) {
    self.ofPolicies = ofPolicies
    self.ofSensitivities = ofSensitivities
    self.ofBaselines = ofBaselines
    self.reused = reused
  }
}

extension StudyRecords {
  /// The comparison at the end measures whole splits, and so states no number of samples.
  private static let isOfSearch =
    "policy IS NOT NULL AND split = 'validation' AND samples IS NOT NULL AND session IS NOT NULL"
  /// Of the float baseline, on the samples that policies are measured on.
  private static let searchSamples = """
    (SELECT samples FROM evaluation WHERE policy IS NULL AND split = 'validation' AND samples IS NOT NULL \
    ORDER BY number LIMIT 1)
    """
  /// The methods that measure sensitivities.
  private static let methodsOfSensitivity: Set = ["auto", "ilp", "greedy"]

  /// How many evaluations are recorded, by what they are of.
  public func counts() throws(StudyError) -> StudyCounts {
    let (asked, onOthers, all, reused) = try file.read { database in
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT count(*) FILTER (WHERE \(Self.isOfSearch)),
            count(*) FILTER (WHERE \(Self.isOfSearch) AND samples <> \(Self.searchSamples)),
            count(*), count(*) FILTER (WHERE session IS NULL) FROM evaluation
          """)
      guard let row else { return (0, 0, 0, 0) }
      return (
        try row.value(0, as: Int.self), try row.value(1, as: Int.self), try row.value(2, as: Int.self),
        try row.value(3, as: Int.self)
      )
    }
    let ofSensitivities = onOthers > 0 || asked == 0 ? onOthers : try sensitivitiesOnSearchSamples()
    return StudyCounts(
      ofPolicies: asked - ofSensitivities, ofSensitivities: ofSensitivities,
      ofBaselines: all - asked - reused, reused: reused)
  }

  /// Sensitivity measurements all have one number of samples. Where it is that of policies, they are told from policies
  /// by the episodes.
  private func sensitivitiesOnSearchSamples() throws(StudyError) -> Int {
    guard let method = try facts().value(.search, "method"), Self.methodsOfSensitivity.contains(method) else {
      return 0
    }
    let policies = Set(try episodes().map(\.measured.policy.text))
    return try file.read { database in
      let asked = try String.fetchAll(
        database, sql: "SELECT policy FROM evaluation WHERE \(Self.isOfSearch)")
      return asked.count { !policies.contains($0) }
    }
  }

  /// The float baseline, measured on as many validation samples; nil before it was.
  public func floatBaseline(samples: Int) throws(StudyError) -> EvaluationResult.Figures? {
    try file.rows(
      of: .evaluation,
      """
      WHERE policy IS NULL AND split = 'validation' AND measured_samples = ? AND failure IS NULL
      ORDER BY number LIMIT 1
      """, [samples], RecordedEvaluation.init
    ).first?.result.figures
  }
}
