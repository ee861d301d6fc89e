public import Core
public import Evaluation
import SQLite

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
  /// A row of `StudyTable.evaluation`; throws for one that no program of ours writes.
  init(_ row: Row) throws {
    number = try row.value(0)
    session = try row.optionalValue(1)
    let (policyText, splitText) = (
      try row.optionalValue(2, as: String.self), try row.value(3, as: String.self)
    )
    let policy = policyText.flatMap(Policy.init(text:))
    guard let split = Split(rawValue: splitText) else {
      throw Unreadable(description: "\"\(splitText)\" is no split")
    }
    guard (policy == nil) == (policyText == nil), policy?.precisions.isEmpty != true else {
      throw Unreadable(description: "\"\(policyText ?? "")\" is no policy")
    }
    guard Self.numbers.contains(number) else {
      throw Unreadable(description: "evaluations are counted from 1")
    }
    request = EvaluationRequest(
      policy: policy,
      fineTuning: try row.optionalValue(5, as: String.self).map { try StudyText.decode(FineTuning.self, $0) },
      split: split, samples: try row.optionalValue(4),
      bar: try row.optionalValue(14, as: String.self).map { try StudyText.decode(AccuracyBar.self, $0) })
    result = try Self.result(row)
    endedAt = try row.value(10)
    durationSeconds = try row.value(11)
    guard durationSeconds >= 0, durationSeconds.isFinite else {
      throw ImpossibleFigure("duration_s", durationSeconds, allowed: "a finite number of at least 0")
    }
    costs = try StudyText.decode([Metric: Double].self, try row.value(12, as: String.self))
    for (metric, cost) in costs where !(0...1e100).contains(cost) {
      throw ImpossibleFigure(metric.rawValue, cost, allowed: "0 to 1e100")
    }
    worker = try row.value(13)
  }

  /// More are in no study, and fewer than overflow.
  static let numbers = 1...1_000_000_000_000

  private static func result(_ row: Row) throws -> EvaluationResult {
    // Read of failures, too: other readers take these columns without asking why a policy has no figures.
    var figures = EvaluationResult.Figures(
      accuracy: try row.value(6), loss: try row.value(7),
      samples: try row.value(9), divergence: try row.optionalValue(8))
    figures.top5Accuracy = try row.optionalValue(17)
    figures.latency = try row.optionalValue(18)
    let isBelowBar = try row.value(15, as: Bool.self)
    if let reason = try row.optionalValue(16, as: String.self) { return .failed(reason) }
    try figures.requirePossible()
    return isBelowBar ? .stopped(figures) : .measured(figures)
  }

  /// Of a policy that failed, the columns of figures say that it got nothing right on no samples.
  func insert(into database: Database) throws {
    let policy = request.policy?.text
    let tuning = try request.fineTuning.map { try StudyText.encode($0) }
    let bar = try request.bar.map { try StudyText.encode($0) }
    let costs = try StudyText.encode(costs)
    let figures = result.figures
    let isBelowBar = if case .stopped = result { true } else { false }
    try StudyTable.evaluation.insert(
      [
        number, session, policy, request.split.rawValue, request.samples, tuning, figures?.accuracy ?? 0,
        figures?.loss ?? 0, figures?.divergence, figures?.samples ?? 0, endedAt, durationSeconds, costs,
        worker, bar, isBelowBar, result.failure, figures?.top5Accuracy, figures?.latency,
      ], into: database)
  }

  /// What no program of ours writes.
  private struct Unreadable: Error, CustomStringConvertible {
    var description: String
  }
}
