import Core
import Evaluation
import Foundation
import PrecisionSearch
import Rendering
import Studies

/// How far a study is, as HTML: its state, the best policy, the pace, and who answers.
struct StudyStatus {
  private let summary: StudySummary
  private let pace: StudyPace
  private let effort: StudyEffort
  /// Of all sessions.
  private let allWorkers: [StudyWorker]

  init(_ report: StudyReport) {
    (summary, pace, effort, allWorkers) = (report.study, report.pace, report.effort, report.workers)
  }

  /// Of a study without a policy.
  init(_ path: String) throws {
    summary = try StudySummary(path)
    let records = try StudyRecords(path)
    let (problem, tally) = (try records.problem(), try records.tally())
    pace = tally.pace(policies: summary.episodeCount, of: problem)
    effort = StudyEffort(tally.counts, planned: problem.evaluations, pace)
    allWorkers = StudyWorker.all(pace, try records.workers(), try records.sessions())
  }

  private var isRunning: Bool { summary.state == .running }

  /// What a page that is connected says of itself: only a running search is followed live.
  private var following: String { isRunning ? "live" : "search \(summary.state.rawValue)" }

  var html: String {
    let cells = facts.map { "<div><dt>\($0.name)</dt><dd>\($0.html)</dd></div>" }
    return "<dl data-following=\"\(following)\">\(cells.joined())</dl>\n"
      + "<p>Evaluations: \(effort.parts).</p>\n\(workers)"
  }

  private var facts: [(name: String, html: String)] {
    var facts: [(String, String)] = [("state", HTMLPage.escaped(summary.state.rawValue))]
    if let best = summary.best {
      facts.append(
        (
          isRunning ? "best so far" : "best of the search",
          best.measured.result.percentWithSamples
        ))
    }
    facts.append(("policies", "\(summary.episodeCount)"))
    if summary.failedPolicyCount > 0 { facts.append(("failed", "\(summary.failedPolicyCount)")) }
    facts.append(("evaluations", "\(summary.evaluationCount)"))
    facts.append(
      ("spent by the search", effort.spent))
    if isRunning {
      facts.append(
        (
          "evaluations per minute",
          pace.answersPerMinute.map { String(format: "%.1f", $0) } ?? "not known yet"
        ))
      facts.append(("time left", timeLeft))
    }
    if let last = summary.lastEvaluationAt { facts.append(("last evaluation", Self.ago(last))) }
    return facts
  }

  private var timeLeft: String {
    if pace.share >= 1 { return "comparing at the end" }
    guard let seconds = pace.timeLeftSeconds else { return "not known yet" }
    return "\(Duration.text(seconds: seconds)), then the comparison"
  }

  private var workers: String {
    let rows = pace.workers.map { worker in
      let known = allWorkers.first { $0.session == worker.session && $0.number == worker.number }
      let rate = worker.answersPerMinute.map { String(format: "%.1f", $0) }
      let cells: [String] = [
        "\(worker.number)", HTMLPage.escaped(known?.place ?? ""), state(worker), "\(worker.answers)",
        rate ?? "",
        Quantity.seconds(worker.meanSeconds), Quantity.seconds(worker.longestSeconds),
        known?.restarts?.description ?? "", known?.queueSeconds.map(Quantity.seconds) ?? "",
        Self.ago(worker.lastAnswerAt),
      ]
      return "<tr>\(cells.map { "<td>\($0)</td>" }.joined())</tr>"
    }
    guard !rows.isEmpty else { return "" }
    let titles = [
      "worker", "host", "state", "evaluations", "a minute", "mean", "longest", "restarts", "in the queue",
      "last evaluation",
    ]
    return "<div class=\"table\"><table><thead><tr>\(titles.map { "<th>\($0)</th>" }.joined())</tr></thead>"
      + "<tbody>\(rows.joined())</tbody></table></div>"
  }

  /// A page notices itself when a worker takes longer than it ever did.
  private func state(_ worker: StudyPace.Worker) -> String {
    guard isRunning else { return "ended" }
    let overdue = (try? Date(worker.lastAnswerAt, strategy: Self.format))
      .map { $0.addingTimeInterval(2 * worker.longestSeconds + 10).formatted(Self.format) }
    return "<span data-overdue=\"\(overdue ?? "")\">working</span>"
  }

  private static func ago(_ time: String) -> String {
    "<time data-ago datetime=\"\(HTMLPage.escaped(time))\">\(HTMLPage.escaped(time))</time>"
  }

  private static let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}
