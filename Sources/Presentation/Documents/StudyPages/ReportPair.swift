import Core
import Foundation
import PrecisionSearch
import Rendering
import Studies

/// Two studies side by side.
public struct ReportPair {
  let one: StudyReport
  let other: StudyReport

  public init(_ one: StudyReport, _ other: StudyReport) {
    self.one = one
    self.other = other
  }

  /// What they found and where they differ, then each of them whole.
  public func page() throws -> String {
    var page = HTMLPage(title: "\(name(one)) and \(name(other))")
    for report in [one, other] {
      page.add(paragraph: "\(name(report)): " + report.summary.joined(separator: " "))
    }
    if !one.facts.differences(to: other.facts, in: [.accuracy]).isEmpty {
      page.add(
        warning:
          "The studies do not share what decides accuracy (see the differences): their accuracies do not compare."
      )
    }
    addChart(to: &page)
    if let rows = layerRows {
      page.add(table: rows, titles: ["layer", name(one), name(other)], under: "Bits of every layer")
    }
    page.add(table: differenceRows, titles: ["", name(one), name(other)], under: "Differences")
    for report in [one, other] {
      page.add(heading: "\(name(report)), whole")
      try report.add(to: &page)
    }
    return page.text
  }

  /// The folder of the study, which its user chose.
  private func name(_ report: StudyReport) -> String {
    let file = URL(filePath: report.line.path)
    return file.lastPathComponent == StudyPlaces.fileName
      ? file.deletingLastPathComponent().lastPathComponent : file.lastPathComponent
  }

  /// One chart where both are about the same cost of one target; two costs have no common axis.
  private func addChart(to page: inout HTMLPage) {
    guard one.metric == other.metric, one.target.id == other.target.id,
      one.accuracyName == other.accuracyName
    else { return }
    let samples = one.samples == other.samples ? one.samples : nil
    var chart = one.tradeOff
    chart.title = "Policies measured in both searches"
    chart.series = [one, other].map { report in
      // Policies of the two are of unlike samples where the counts differ, and then each states its own.
      let count = samples == nil ? report.samples.map { ", \($0) samples" } : nil
      return TradeOffChart.Series(
        title: name(report) + (count ?? ""), entries: report.tradeOff.series.flatMap(\.entries))
    }
    chart.accuracyTitle = one.accuracyTitle(samples)
    if one.floatBaseline != other.floatBaseline { chart.reference = nil }
    page.add(heading: "Pareto fronts")
    page.add(
      chart: chart.svg,
      numbers: [one, other].flatMap { report in
        report.frontRows.map { [name(report)] + $0 + [report.samples.map(String.init) ?? ""] }
      }, titles: ["study", "policy", one.metric.title, "of \(one.reference.title)", "validation", "samples"])
  }

  private var layerRows: [[String]]? {
    let (layers, others) = (one.table.network.layers, other.table.network.layers)
    guard layers.map(\.name) == others.map(\.name) else { return nil }
    return layers.indices.map { [layers[$0].name, "\(one.best[$0])", "\(other.best[$0])"] }
  }

  private var differenceRows: [[String]] {
    let differences = StudyDifferences([one.facts, other.facts])
    return [["command", one.command, other.command]]
      + differences.all.map { [$0.name] + $0.values.map { $0 ?? "not stated" } }
  }
}
