import Core
import Evaluation
public import Studies

/// Evaluations as CSV (RFC 4180), units in the titles.
public struct EvaluationTable: Hashable, Sendable {
  public let csv: String

  public init(_ evaluations: [RecordedEvaluation]) {
    let metrics = Set(evaluations.flatMap(\.costs.keys)).sorted { $0.rawValue < $1.rawValue }
    let titles =
      ["number", "ended_at", "duration_s", "worker", "split", "samples", "accuracy", "loss_nats"]
      + ["divergence_nats", "finetune_samples", "finetune_rate", "finetune_seed"] + metrics.map(\.rawValue)
      + ["policy", "failure"]
    let rows = evaluations.map { Self.measured($0) + Self.asked($0, metrics) }
    csv = ([titles] + rows).map { $0.joined(separator: ",") + "\n" }.joined()
  }

  private static func measured(_ evaluation: RecordedEvaluation) -> [String] {
    // A failed evaluation has none.
    let figures = evaluation.result.figures
    return [
      "\(evaluation.number)", evaluation.endedAt, "\(evaluation.durationSeconds)", "\(evaluation.worker)",
      evaluation.request.split.rawValue, "\(figures?.samples ?? 0)",
      figures.map { "\($0.accuracy)" } ?? "", figures.map { "\($0.loss)" } ?? "",
      figures?.divergence.map { "\($0)" } ?? "",
    ]
  }

  private static func asked(_ evaluation: RecordedEvaluation, _ metrics: [Metric]) -> [String] {
    let tuning = evaluation.request.fineTuning
    return [
      tuning.map { "\($0.samples)" } ?? "", tuning.map { "\($0.learningRate)" } ?? "",
      tuning.map { "\($0.seed)" } ?? "",
    ]
      + metrics.map { metric in evaluation.costs[metric].map { "\($0)" } ?? "" }
      + [
        evaluation.request.policy?.text ?? "float",
        evaluation.result.failure.map(CSVCell.text) ?? "",
      ]
  }
}
