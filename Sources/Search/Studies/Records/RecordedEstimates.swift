import Evaluation
import SQLite

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
    guard let text = try StudyDocument.estimates.text(in: database) else { return }
    self = try StudyText.decode(Self.self, text)
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
