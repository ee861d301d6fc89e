import SQLite

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
  /// What the searched network took on devices, a JSON array; absent before it was run on one.
  case networkMeasurements = "network-measurements"
  /// A `RecordedWorkers`; absent where no evaluator said where it runs, and in studies of programs that kept no such thing.
  case workers
}

extension StudyDocument {
  /// What a study keeps of it, to be added to within one transaction; nil where there is nothing yet.
  ///
  /// Throws for a damaged row: it must not get a new checksum with what is added.
  func text(in database: Database) throws -> String? {
    try database.row(sql: "\(StudyTable.document.selection) WHERE name = ?", arguments: [rawValue]) { row in
      guard try row.value(StudyTable.document.columns.count, as: Bool.self) else {
        throw Damaged(
          description: "table document, row \"\(rawValue)\": its checksum is not that of its contents")
      }
      return try row.value(1)
    }
  }

  private struct Damaged: Error, CustomStringConvertible {
    var description: String
  }
}
