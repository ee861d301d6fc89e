import Core
import Diagnostics
import Evaluation
import Foundation
import PrecisionSearch
import Rendering
import Studies

/// Everything that a page shows of one study, finished or not.
public struct StudyReport {
  let line: StudyLine
  let command: String
  let facts: StudyFacts
  let problem: StudyProblem
  let sessions: [StudySession]
  let evaluatorSeconds: Double
  /// Of the first target.
  let table: CostTable
  let target: TargetStamp
  /// The cost that the search was about: of its first limit, or the one it minimised.
  let metric: Metric
  let episodes: [Episode]
  /// Absent while the search runs.
  let result: SearchDocument?
  let sensitivity: Sensitivity?
  let effort: StudyEffort
  /// Validation samples that policies are measured on in the search; nil before the first policy is.
  let samples: Int?
  /// On these samples; nil in a study that has not measured it.
  let floatBaseline: EvaluationResult.Figures?
  /// The searched policy, or the best so far.
  let best: Policy

  /// - Parameter path: Of the study's file.
  /// - Throws: A `Diagnostic` for a study without a policy, or `StudyError`.
  public init(_ path: String) throws {
    let records = try StudyRecords(path)
    let summary = try StudySummary(path)
    guard let first = try records.costTables()?.first else {
      throw Diagnostic(
        "the study has no cost tables; an early haq began it, which did not keep them.",
        at: .init(file: path),
        hint:
          "Search again into a new folder with `haq search ... --fork \(path)`, which reuses the evaluations."
      )
    }
    result = try records.document(.report).map(SearchDocument.init(report:))
    guard let best = result?.policy ?? summary.best?.measured.policy else {
      throw Diagnostic(
        "no policy has been measured yet, so there is nothing to report.", at: .init(file: path),
        hint: "Carry on with `haq study resume`.")
    }
    self.best = best
    line = StudyLine(summary)
    command = ShellText.command(["haq", "search"] + (try records.arguments()))
    facts = summary.facts
    sessions = try records.sessions()
    evaluatorSeconds = try records.evaluatorSeconds()
    table = first
    target = TargetStamp(first)
    problem = try records.problem()
    metric = first.aggregates.keys.contains(problem.metric) ? problem.metric : .latency
    episodes = try records.episodes()
    let layerCount = first.network.layers.count
    guard ([best] + episodes.map(\.measured.policy)).allSatisfy({ $0.precisions.count == layerCount }) else {
      throw StudyError.damaged(
        path: path, reason: "a policy has other layers than the \(layerCount) of its cost table")
    }
    let samples = episodes.lazy.compactMap { episode -> Int? in
      if case .measured(let figures) = episode.measured.result { figures.samples } else { nil }
    }.first
    self.samples = samples
    floatBaseline = try samples.flatMap { try records.floatBaseline(samples: $0) }
    effort = try StudyEffort(records, policies: summary.episodeCount)
    sensitivity = try records.document(.sensitivity).map {
      try Self.sensitivity(Data($0.utf8))
    }
  }

  /// Of the document that a study keeps; studies of earlier programs keep the values alone.
  private static func sensitivity(_ text: Data) throws -> Sensitivity {
    do {
      return try SensitivityDocument(json: text).sensitivity
    } catch DocumentError.unnamed {
      return try JSONDecoder().decode(Sensitivity.self, from: text)
    }
  }
}

extension StudyReport {
  var title: String { "\(line.network) on \(target.title)" }

  /// The limit on `metric`, in its SI unit.
  var limit: Double? { problem.limit(on: metric) }

  var eightBitCost: Double? { cost(of: .uniform(.eight, layerCount: table.network.layers.count)) }

  /// Nil where only the target could say it: a study's table has none to ask, and so none that fails.
  func cost(of policy: Policy) -> Double? { try? table.total(metric, of: policy) }

  func text(_ cost: Double?) -> String { cost.map { Quantity.cost($0, metric) } ?? "" }

  func share(_ cost: Double?) -> String {
    cost.flatMap { Quantity.multiple($0, of: eightBitCost) } ?? ""
  }

  /// Distinct policies on which the evaluator failed.
  var failedCount: Int {
    Set(episodes.map(\.measured).filter { $0.result.figures == nil }.map(\.policy)).count
  }

  /// Which policies no other measured one beats in both cost and accuracy.
  var isOnFront: [Bool] {
    let known = episodes.enumerated().compactMap { index, episode -> (Int, EvaluationResult.Figures)? in
      if case .measured(let figures) = episode.measured.result { (index, figures) } else { nil }
    }
    let isOnFront = ParetoFront.contains(
      known.map { (cost(of: episodes[$0].measured.policy) ?? .infinity, $1.accuracy) })
    let front = Set(zip(known, isOnFront).filter { $1 }.map(\.0.0))
    return episodes.indices.map(front.contains)
  }
}
