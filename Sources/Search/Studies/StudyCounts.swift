public import Evaluation
import GRDB

/// What the recorded evaluations of a study are of.
public struct StudyCounts: Hashable, Sendable {
  /// Of policies that the search proposed, and sensitivity measurements.
  public var ofSearch: Int
  /// Of the float baseline, and of the comparison at the end.
  public var ofBaselines: Int
  /// Taken over from the study that this one was forked from.
  public var reused: Int

  public init(ofSearch: Int, ofBaselines: Int, reused: Int) {
    self.ofSearch = ofSearch
    self.ofBaselines = ofBaselines
    self.reused = reused
  }
}

extension StudyRecords {
  /// How many evaluations are recorded, by what they are of.
  public func counts() throws(StudyError) -> StudyCounts {
    try file.read { database in
      // The comparison at the end measures whole splits, and so states no number of samples.
      let isOfSearch = "policy IS NOT NULL AND split = 'validation' AND samples IS NOT NULL"
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT count(*) FILTER (WHERE session IS NOT NULL AND \(isOfSearch)),
            count(*) FILTER (WHERE session IS NOT NULL AND NOT (\(isOfSearch))),
            count(*) FILTER (WHERE session IS NULL) FROM evaluation
          """)!
      return StudyCounts(ofSearch: row[0], ofBaselines: row[1], reused: row[2])
    }
  }

  /// The float baseline, measured on as many validation samples; nil before it was.
  public func floatBaseline(samples: Int) throws(StudyError) -> EvaluationResult.Figures? {
    try file.read { database in
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT \(RecordedEvaluation.columns) FROM evaluation
          WHERE policy IS NULL AND split = 'validation' AND measured_samples = ? AND failure IS NULL
          ORDER BY number LIMIT 1
          """, arguments: [samples])
      return try row.flatMap { try RecordedEvaluation($0).result.figures }
    }
  }
}
