import Core
import Diagnostics
import Evaluation
import Foundation
import PrecisionSearch
import Rendering
import Studies
import Synchronization

/// The dashboard of one study: the charts of its report, drawn again whenever something was recorded.
///
/// Opens the study anew each time, one open file at a time (see `StudyLock`), so that a search can end, continue or be
/// resumed meanwhile. Reads only what it has not read yet.
public final class StudyDashboard: Sendable {
  public let title: String
  private let path: String
  /// Nil before the first policy.
  private let newest = Mutex<StudyReport?>(nil)

  /// Throws `StudyError` for what is not a study.
  public init(_ path: String) throws {
    self.path = path
    let line = StudyLine(try StudySummary(path))
    title = "\(line.network) on \(line.target)"
  }

  /// A part of the page that is replaced as a whole.
  public struct Fragment: Hashable, Sendable {
    /// Its place on the page; letters only.
    public var name: String
    public var html: String
  }

  /// How the fragments look, as CSS.
  public var style: String { HTMLPage.style }

  /// Changes whenever the fragments do; costs a few look-ups.
  public func version() throws -> String {
    let isRunning = StudySummary.isRunning(path)
    let records = try StudyRecords(path)
    let state = try StudySummary.state(records, isRunning: isRunning)
    return "\(try records.evaluationCount())-\(try records.episodeEnd())-\(state.rawValue)"
  }

  /// Everything below the title, in the order of the page.
  public func fragments() throws -> [Fragment] {
    try newest.withLock { report in
      report = try nextReport(after: report)
      return try fragments(of: report)
    }
  }

  /// Nil before the first policy.
  private func nextReport(after earlier: StudyReport?) throws -> StudyReport? {
    if earlier == nil, try StudyRecords(path).best() == nil { return nil }
    return try StudyReport(path, continuing: earlier)
  }

  private func fragments(of report: StudyReport?) throws -> [Fragment] {
    let shown = try report.map { try policy($0.bestNumber, of: $0) }
    return [
      Fragment(name: "status", html: try report.map(StudyStatus.init)?.html ?? StudyStatus(path).html),
      Self.fragment("summary") { page in
        page.add(paragraph: report?.summary.joined(separator: " ") ?? "No policy has been measured yet.")
        if let report, let caution = report.target.evidence?.caution(about: report.target.id) {
          page.add(warning: caution)
        }
      },
      Self.fragment("front") { page in
        guard let report else { return }
        page.add(heading: "Pareto front")
        report.addFront(to: &page)
      },
      Self.fragment("progress") { page in
        guard let report else { return }
        page.add(heading: "The search")
        report.addProgress(to: &page)
      },
      shown ?? Fragment(name: "policy", html: ""),
    ]
  }

  /// The fragment about one policy, by its number from 1; nil when there is none.
  public func policy(_ number: Int) throws -> Fragment? {
    try newest.withLock { report in
      report = try nextReport(after: report)
      guard let report, report.episodes.indices.contains(number - 1) else { return nil }
      return try policy(number, of: report)
    }
  }

  /// Rows of evaluations and policies that were read; none of them twice, but those behind a gap in the numbers of
  /// evaluations.
  public var rowsRead: Int {
    newest.withLock { $0.map { $0.tally.rowsRead + $0.episodes.count } ?? 0 }
  }

  private func policy(_ number: Int, of report: StudyReport) throws -> Fragment {
    let episode = report.episodes[number - 1]
    let policy = episode.measured.policy
    let cost = report.policies.costs[number - 1]
    let heading =
      "Policy \(number): \(episode.measured.result.percent), \(report.text(cost))"
      + (report.bestNumber == number
        ? report.line.state == StudySummary.State.running.rawValue
          ? ", the best so far" : ", the best of the search"
        : "")
    let parts = [
      try Self.part(heading) { try report.addBits(of: policy, to: &$0) },
      Self.part("Where the \(report.metric.title) goes") { report.addCostSplit(of: policy, to: &$0) },
      Self.part("Roofline") { addRoofline(of: policy, named: "policy \(number)", in: report.table, to: &$0) },
    ]
    return Fragment(
      name: "policy", html: "<article data-shown=\"\(number)\">\(parts.joined())</article>")
  }

  /// A heading and what belongs to it, which stay together on the page.
  private static func part(_ heading: String, _ fill: (inout HTMLPage) throws -> Void) rethrows -> String {
    var page = HTMLPage(title: "")
    page.add(heading: heading)
    try fill(&page)
    return "<div>\(page.content)</div>"
  }

  /// The policy beside the uniform reference; targets that do not state traffic have none, and the page says why.
  private func addRoofline(
    of policy: Policy, named name: String, in table: CostTable, to page: inout HTMLPage
  ) {
    let layers = table.network.layers
    let reference = table.widthRules.reference ?? .eight
    let uniform = Policy.uniform(reference, layerCount: layers.count)
    do {
      let roofline = try Roofline.chart(
        of: [(name, policy), ("uniform \(reference.title)", uniform)], in: table)
      let rows = layers.indices.map { layer in
        [layers[layer].name]
          + roofline.series.flatMap { series in
            [series.points[layer].intensity, series.points[layer].throughput].map(Quantity.plain)
          }
      }
      page.add(
        chart: roofline.svg, numbers: rows,
        titles: [
          "layer", "operations per byte", "operations per second", "at \(reference.title), per byte",
          "at \(reference.title), per second",
        ])
    } catch {
      page.add(paragraph: "There is none: \((error as? Diagnostic)?.message ?? "\(error)").")
    }
  }

  private static func fragment(
    _ name: String, _ fill: (inout HTMLPage) throws -> Void
  ) rethrows -> Fragment {
    var page = HTMLPage(title: "")
    try fill(&page)
    return Fragment(name: name, html: page.content)
  }
}

extension StudyReport {
  /// Of the best policy measured in the search, from 1.
  fileprivate var bestNumber: Int { (episodes.last(where: \.isBest)?.index ?? 0) + 1 }
}
