import Core
import Diagnostics
import Evaluation
import Foundation
import PrecisionSearch
import Rendering
import Studies

/// Everything that a page shows of one study, finished or not.
public struct StudyReport {
  let study: StudySummary
  let line: StudyLine
  let command: String
  let problem: StudyProblem
  let sessions: [StudySession]
  let workers: [StudyWorker]
  let target: TargetStamp
  let policies: MeasuredPolicies
  let tally: StudyTally
  /// Absent while the search runs.
  let result: SearchDocument?
  let sensitivity: Sensitivity?
  let effort: StudyEffort
  let pace: StudyPace
  /// Validation samples that policies are measured on in the search; nil before the first policy is.
  let samples: Int?
  /// On these samples; nil in a study that has not measured it.
  let floatBaseline: EvaluationResult.Figures?
  /// What the searched network took on devices.
  let measurements: StudyMeasurements
  /// The searched policy, or the best so far.
  let best: Policy

  /// - Parameters:
  ///   - path: Of the study's file.
  ///   - earlier: What the study was before; policies and evaluations in it are not read again.
  /// - Throws: A `Diagnostic` for a study without a policy, or `StudyError`.
  public init(_ path: String, continuing earlier: StudyReport? = nil) throws {
    let isRunning = StudySummary.isRunning(path)
    let records = try StudyRecords(path)
    let earlier = try earlier.flatMap { try $0.isOfStart(of: records) ? $0 : nil }
    let problem = try records.problem()
    var policies = try earlier?.policies ?? Self.noPolicies(records, about: problem)
    let news = try records.episodes(from: policies.episodes.count)
    policies.append(news)
    var tally = try earlier?.tally ?? StudyTally(records.facts())
    try tally.read(records)
    tally.note(news)
    study = try StudySummary(
      records, isRunning: isRunning, tally, episodeCount: policies.episodes.count)
    result = try records.document(.report).map(SearchDocument.init(report:))
    guard let best = result?.policy ?? study.best?.measured.policy else {
      throw Diagnostic(
        "no policy has been measured yet, so there is nothing to report.", at: .init(file: path),
        hint: "Carry on with `haq study resume`.")
    }
    self.best = best
    line = StudyLine(study)
    command = ShellText.command(["haq", "search"] + (try records.arguments()))
    sessions = try records.sessions()
    target = TargetStamp(policies.table)
    self.problem = problem
    let layerCount = policies.table.network.layers.count
    guard ([best] + news.map(\.measured.policy)).allSatisfy({ $0.precisions.count == layerCount }) else {
      throw StudyError.damaged(
        path: path, reason: "a policy has other layers than the \(layerCount) of its cost table")
    }
    let samples = policies.episodes.lazy.compactMap { episode -> Int? in
      if case .measured(let figures) = episode.measured.result { figures.samples } else { nil }
    }.first
    self.samples = samples
    floatBaseline = try samples.flatMap { try records.floatBaseline(samples: $0) }
    pace = tally.pace(policies: policies.episodes.count, of: problem)
    effort = StudyEffort(tally.counts, planned: problem.evaluations, pace)
    workers = StudyWorker.all(pace, try records.workers(), sessions)
    sensitivity = try records.sensitivity()
    measurements = try records.measurements()
    self.policies = policies
    self.tally = tally
  }

  private static func noPolicies(
    _ records: StudyRecords, about problem: StudyProblem
  ) throws -> MeasuredPolicies {
    guard let table = try records.costTables()?.first else {
      throw Diagnostic(
        "the study has no cost tables; an early haq began it, which did not keep them.",
        at: .init(file: records.path),
        hint:
          "Search again into a new folder with `haq search ... --fork \(records.path)`, which reuses the evaluations."
      )
    }
    let metric = table.aggregates.keys.contains(problem.metric) ? problem.metric : .latency
    return MeasuredPolicies(table, by: metric)
  }

  /// Whether a study began as this one, and was not replaced by another with its name.
  private func isOfStart(of records: StudyRecords) throws -> Bool {
    try records.createdAt() == study.createdAt
      && (try records.episodeEnd()) >= policies.episodes.count
  }
}

extension StudyReport {
  var title: String { "\(line.network) on \(target.title)" }

  var facts: StudyFacts { study.facts }

  /// Of the first target.
  var table: CostTable { policies.table }

  /// The cost that the search was about: of its first limit, or the one it minimised.
  var metric: Metric { policies.metric }

  var episodes: [Episode] { policies.episodes }

  /// The limit on `metric`, in its SI unit.
  var limit: Double? { problem.limit(on: metric) }

  /// What shares of costs are of: 8 bit, or what the target states.
  var reference: Precision { table.widthRules.reference ?? .eight }

  var referenceCost: Double? { cost(of: .uniform(reference, layerCount: table.network.layers.count)) }

  /// Nil where only the target could say it: a study's table has none to ask, and so none that fails.
  func cost(of policy: Policy) -> Double? { try? table.total(metric, of: policy) }

  /// Nil where layers add up to what the network costs, and where only the target could say it.
  func networkGap(of policy: Policy) -> NetworkGap? {
    cost(of: policy).flatMap { table.networkGaps(of: policy, totals: [metric: $0])[metric] }
  }

  func text(_ cost: Double?) -> String { cost.map { Quantity.cost($0, metric) } ?? "" }

  func share(_ cost: Double?) -> String { share(cost, of: referenceCost) }

  func share(_ cost: Double?, of referenceCost: Double?) -> String {
    cost.flatMap { Quantity.multiple($0, of: referenceCost) } ?? ""
  }

  /// Distinct policies on which the evaluator failed.
  var failedCount: Int { policies.failed.count }
}
