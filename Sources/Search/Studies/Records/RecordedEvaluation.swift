public import Core
public import Evaluation
import GRDB

/// One answer of an evaluator, as a study keeps it.
public struct RecordedEvaluation: Hashable, Sendable {
  /// From 1, in the order in which the search asks, whichever of several evaluators answers first.
  public var number: Int
  public var request: EvaluationRequest
  public var result: EvaluationResult
  /// Of the network under the policy, in SI units; empty for the unquantized network.
  public var costs: [Metric: Double]
  /// Which of several evaluators answered, from 1.
  public var worker: Int
  public var durationSeconds: Double
  /// ISO 8601, UTC, by the machine's clock.
  public var endedAt: String
  /// The process that asked; nil when the answer comes from the study that this one was forked from.
  public var session: Int?

  public init(
    number: Int, request: EvaluationRequest, result: EvaluationResult, costs: [Metric: Double], worker: Int,
    durationSeconds: Double, endedAt: String, session: Int? = nil
  ) {
    self.number = number
    self.request = request
    self.result = result
    self.costs = costs
    self.worker = worker
    self.durationSeconds = durationSeconds
    self.endedAt = endedAt
    self.session = session
  }
}

extension RecordedEvaluation {
  static let columns = """
    number, session, policy, split, samples, fine_tuning, accuracy, loss, divergence, measured_samples, \
    ended_at, duration_s, costs, worker, bar, is_below_bar, failure, top5_accuracy, latency_s
    """

  init(_ row: Row) throws {
    number = row[0]
    session = row[1]
    let policyText: String? = row[2]
    let policy = policyText.flatMap(Policy.init(text:))
    guard let split = Split(rawValue: row[3]), (policy == nil) == (policyText == nil) else {
      throw Unreadable(evaluation: row[0])
    }
    request = EvaluationRequest(
      policy: policy,
      fineTuning: try (row[5] as String?).map { try StudyText.decode(FineTuning.self, $0) },
      split: split, samples: row[4],
      bar: try (row[14] as String?).map { try StudyText.decode(AccuracyBar.self, $0) })
    result = Self.result(row)
    endedAt = row[10]
    durationSeconds = row[11]
    costs = try StudyText.decode([Metric: Double].self, row[12])
    worker = row[13]
  }

  private static func result(_ row: Row) -> EvaluationResult {
    if let reason: String = row[16] { return .failed(reason) }
    var figures = EvaluationResult.Figures(
      accuracy: row[6], loss: row[7], samples: row[9], divergence: row[8])
    figures.top5Accuracy = row[17]
    figures.latency = row[18]
    return row[15] ? .stopped(figures) : .measured(figures)
  }

  /// Of a policy that failed, the columns of figures say that it got nothing right on no samples.
  func insert(into database: Database) throws {
    let policy = request.policy?.text
    let tuning = try request.fineTuning.map { try StudyText.encode($0) }
    let bar = try request.bar.map { try StudyText.encode($0) }
    let costs = try StudyText.encode(costs)
    let figures = result.figures
    let isBelowBar = if case .stopped = result { true } else { false }
    try database.execute(
      sql:
        "INSERT INTO evaluation (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        number, session, policy, request.split.rawValue, request.samples, tuning, figures?.accuracy ?? 0,
        figures?.loss ?? 0, figures?.divergence, figures?.samples ?? 0, endedAt, durationSeconds, costs,
        worker,
        bar,
        isBelowBar, result.failure, figures?.top5Accuracy, figures?.latency,
      ])
  }

  /// A row that this program never writes.
  private struct Unreadable: Error, CustomStringConvertible {
    var evaluation: Int
    var description: String { "evaluation \(evaluation) is not one that this version of haq writes" }
  }
}
