import Evaluation
import SQLite

/// Which samples were right, of the evaluations that were asked for it.
struct RecordedCorrectSamples: Codable {
  /// `CorrectSamples` as base64, by the number of the evaluation.
  private var texts: [String: String] = [:]

  init() {}

  init(from decoder: any Decoder) throws {
    texts = try decoder.singleValueContainer().decode([String: String].self)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(texts)
  }

  /// Those that a study keeps.
  init(_ database: Database) throws {
    guard let text = try StudyDocument.correctSamples.text(in: database) else { return }
    self = try StudyText.decode(Self.self, text)
  }

  /// Whether the result of the evaluation said which samples are right.
  mutating func add(_ result: EvaluationResult, number: Int) -> Bool {
    guard let samples = result.figures?.correctSamples else { return false }
    texts["\(number)"] = samples.base64
    return true
  }

  /// The evaluation with what is kept of it.
  func adding(to evaluation: RecordedEvaluation) throws -> RecordedEvaluation {
    guard let text = texts["\(evaluation.number)"] else { return evaluation }
    var evaluation = evaluation
    evaluation.result = try evaluation.result.mapFigures { figures in
      figures.correctSamples = CorrectSamples(base64: text, count: figures.samples)
      if figures.correctSamples == nil { throw Misfit(evaluation: evaluation.number) }
    }
    return evaluation
  }

  /// What this program never writes.
  private struct Misfit: Error, CustomStringConvertible {
    var evaluation: Int
    var description: String { "the right samples of evaluation \(evaluation) are not as many as it measured" }
  }
}
