public import Core
public import CostPrograms
import CostTables

/// All that is recorded about the points of a plan.
public struct Measurements: Sendable {
  public var plan: MeasuringPlan
  /// What is known of each point, in the order of the plan; points about which nothing is known are absent.
  public var points: [MeasuredPoint]
  public var repeatability: Repeatability?
  /// Metrics of the program, latency first.
  public var metrics: [Metric]

  /// Reads what is recorded; asks nothing.
  public init(_ run: MeasuringRun, in model: AnsweredProgram) {
    plan = run.plan
    let known = model.description.knownMetrics
    metrics = Metric.ofTargets.filter(known.contains)
    points = run.plan.points.compactMap { point in
      let answers = run.answers(point, model)
      guard let first = answers.first, let last = answers.last else { return nil }
      let outcome: MeasuredPoint.Outcome
      if let pooled = PooledAnswer(answers.map(\.answer)) {
        outcome = .cost(pooled)
      } else if case .unsupported(let reason) = first.answer.outcome {
        outcome = .unsupported(reason)
      } else {
        return nil
      }
      return MeasuredPoint(point: point, outcome: outcome, firstAt: first.at, lastAt: last.at)
    }
    let pairs = run.checked(model).compactMap { point -> (table: Double, again: Double)? in
      let again = model.recorded(run.question(point, model, .check)).flatMap { PooledAnswer([$0.answer]) }
      guard let table = run.pooled(point, model)?.latency, let again = again?.latency else { return nil }
      return (table, again)
    }
    repeatability = Repeatability(pairs)
  }

  /// How many points of the plan have an answer.
  public var isComplete: Bool { points.count == plan.points.count }
}

/// What is known of one point.
public struct MeasuredPoint: Hashable, Sendable {
  public var point: Point
  public var outcome: Outcome
  /// When the first and the last answer came, in ISO 8601, UTC.
  public var firstAt, lastAt: String

  public enum Outcome: Hashable, Sendable {
    case cost(PooledAnswer)
    /// The target cannot run it, and why.
    case unsupported(String)
  }
}

extension PooledAnswer {
  /// In seconds, for the whole batch.
  public var latency: Double? { costs[Metric.latency.rawValue] }
}
