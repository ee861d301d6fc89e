public import Evaluation
import SQLite

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
