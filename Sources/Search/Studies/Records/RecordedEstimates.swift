import Evaluation
import GRDB

/// Estimates of sensitivities, of the evaluations that were asked for them.
struct RecordedEstimates: Codable {
  /// By the number of the evaluation.
  private var entries: [String: Entry] = [:]

  private struct Entry: Codable {
    var narrowings: [Narrowing]
    /// One for each.
    var increases: [Double]
  }

  init() {}

  init(from decoder: any Decoder) throws {
    entries = try decoder.singleValueContainer().decode([String: Entry].self)
    for (number, entry) in entries
    where entry.narrowings.count != entry.increases.count || !entry.increases.allSatisfy(\.isFinite) {
      throw Misfit(evaluation: number)
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(entries)
  }

  /// Those that a study keeps.
  init(_ database: Database) throws {
    let row = try Row.fetchOne(
      database, sql: "\(StudyTable.document.selection) WHERE name = ?",
      arguments: [StudyDocument.estimates.rawValue])
    guard let row else { return }
    // Damage must not get a new checksum with what is added.
    guard try row.value(StudyTable.document.columns.count, as: Bool.self) else { throw Damaged() }
    self = try StudyText.decode(Self.self, try row.value(1, as: String.self))
  }

  private struct Damaged: Error, CustomStringConvertible {
    let description =
      "table document, row \"\(StudyDocument.estimates.rawValue)\": its checksum is not that of its contents"
  }

  /// Whether the answer to `request` has estimates.
  mutating func add(_ result: EvaluationResult, to request: EvaluationRequest, number: Int) -> Bool {
    guard let narrowings = request.narrowings, let increases = result.figures?.estimatedIncreases,
      narrowings.count == increases.count
    else { return false }
    entries["\(number)"] = Entry(narrowings: narrowings, increases: increases)
    return true
  }

  /// The evaluation with what is kept of it.
  func adding(to evaluation: RecordedEvaluation) -> RecordedEvaluation {
    guard let entry = entries["\(evaluation.number)"] else { return evaluation }
    var evaluation = evaluation
    evaluation.request.narrowings = entry.narrowings
    evaluation.result = evaluation.result.mapFigures { $0.estimatedIncreases = entry.increases }
    return evaluation
  }

  /// What this program never writes.
  private struct Misfit: Error, CustomStringConvertible {
    var evaluation: String
    var description: String {
      "the estimates of evaluation \(evaluation) are not one number for each narrowing"
    }
  }
}
