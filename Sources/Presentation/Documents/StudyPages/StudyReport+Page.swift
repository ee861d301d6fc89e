import Core
import Evaluation
import Foundation
import PrecisionSearch
import Rendering
import Studies

extension StudyReport {
  /// The page of one study.
  public func page() throws -> String {
    var page = HTMLPage(title: title)
    try add(to: &page)
    return page.text
  }

  /// Everything below the title; also the half of a page of two studies.
  func add(to page: inout HTMLPage) throws {
    page.add(paragraph: summary.joined(separator: " "))
    if let caution = target.evidence?.caution(about: target.id) { page.add(warning: caution) }
    addComparison(to: &page)
    page.add(heading: "Pareto front")
    addFront(to: &page)
    page.add(heading: "Bits of every layer")
    try addBits(of: best, to: &page)
    page.add(heading: "Where the \(metric.title) goes")
    if let gap = networkGap(of: best) { page.add(paragraph: gap.sentence(metric)) }
    for measurement in measurements.all {
      page.add(paragraph: DeviceMeasurement(measurement).sentence)
    }
    addCostSplit(of: best, to: &page)
    addSensitivity(to: &page)
    page.add(heading: "The search")
    addProgress(to: &page)
    if StudyWorker.areSeveral(workers) {
      page.add(table: workers.map(\.cells), titles: StudyWorker.titles, under: "Workers")
    }
    page.add(table: provenanceRows, titles: ["", ""], under: "Provenance")
  }

  /// Bits of every layer, above its operations per byte.
  func addBits(of policy: Policy, to page: inout HTMLPage) throws {
    let figure = try PolicyChart(of: policy, in: table)
    page.add(
      chart: figure.svg, numbers: layerRows(figure),
      titles: ["layer", "kind", "weights", "activations", figure.intensityTitle])
  }

  /// The cost of every layer.
  func addCostSplit(of policy: Policy, to page: inout HTMLPage) {
    let chart = costSplit(of: policy)
    page.add(
      chart: chart.svg, numbers: costRows(chart.entries),
      titles: ["layer", metric.title, "share", "at \(reference.title)", "bound by"])
  }

  private func addComparison(to page: inout HTMLPage) {
    guard let result else { return }
    page.add(table: contenderRows(result), titles: contenderTitles, under: "Comparison")
    guard let chart = comparison else { return }
    let uniform = result.uniforms
    let rows =
      [contenderRow("searched", result.searched)]
      + uniform.map { contenderRow("uniform \($0.precision ?? "")", $0) }
    page.add(chart: chart.svg, numbers: rows, titles: contenderTitles)
  }

  private var contenderTitles: [String] {
    ["policy", metric.title, "of \(reference.title)"] + (hasSums ? ["layers alone"] : [])
      + [
        title("validation", contenderSamples),
        title("test", result?.searched.test?.figures?.samples),
      ]
  }

  /// Whether policies cost something else than what their layers add up to.
  private var hasSums: Bool { result?.searched.networkGap?[metric] != nil }

  /// With its own count where the policies are measured on other samples.
  private func baseline(_ figures: EvaluationResult.Figures?, beside samples: Int?) -> String {
    guard let figures else { return "" }
    return figures.percent
      + (samples == nil || figures.samples == samples ? "" : " of \(figures.samples) samples")
  }

  private func contenderRows(_ result: SearchDocument) -> [[String]] {
    let uniform =
      result.minimized == nil
      ? "best uniform within the limits" : "cheapest uniform of enough \(accuracyWord)"
    return [
      ["32-bit float", "", ""] + (hasSums ? [""] : [])
        + [
          baseline(result.float.validation, beside: contenderSamples),
          baseline(result.float.test, beside: result.searched.test?.figures?.samples),
        ]
    ]
      + [
        result.comparison?.eightBit.map { contenderRow("uniform \(reference.title)", $0) },
        result.comparison?.bestUniform.map { contenderRow("\(uniform), \($0.precision ?? "")", $0) },
        contenderRow("searched", result.searched),
      ].compactMap(\.self)
  }

  private func contenderRow(_ name: String, _ contender: SearchDocument.Contender) -> [String] {
    [
      name + (contender.discardedFineTuning == nil ? "" : ", as calibrated"), text(contender.cost[metric]),
      share(contender.cost[metric]),
    ] + (hasSums ? [text(contender.networkGap?[metric]?.sumOfLayers)] : []) + [
      contender.validation.percent, contender.test?.percent ?? "",
    ]
  }

  private func layerRows(_ figure: PolicyChart) -> [[String]] {
    figure.entries.map { entry in
      [
        entry.name, entry.group.rawValue, "\(entry.precision.weight)", "\(entry.precision.activation)",
        Quantity.plain(entry.intensity),
      ]
    }
  }

  private func costRows(_ entries: [CostSplitChart.Entry]) -> [[String]] {
    let whole = entries.reduce(0) { $0 + $1.cost }
    return entries.map { entry in
      [
        entry.name, text(entry.cost), whole > 0 ? Quantity.percent(entry.cost / whole) : "",
        text(entry.referenceCost), entry.bound ?? "",
      ]
    }
  }

  private func addSensitivity(to page: inout HTMLPage) {
    guard let drawing = SensitivityDrawing(self) else { return }
    page.add(heading: "Sensitivity")
    page.add(chart: drawing.chart.svg, numbers: drawing.rows, titles: drawing.titles)
  }

  private var provenanceRows: [[String]] {
    [["command", command], ["state", line.state], ["started", line.createdAt]]
      + [
        ["policies", "\(line.episodes)"], ["spent by the search", effort.spent],
        [
          "evaluations",
          "\(line.evaluations) recorded, \(Quantity.seconds(tally.evaluatorSeconds)) of the evaluator: \(effort.parts)",
        ],
      ]
      + facts.all.map { [$0.name, $0.value] }
      + sessions.map { session in
        [
          "session \(session.number)",
          "\(session.startedAt), \(session.host), haq \(session.programVersion) \(session.programSHA256.prefix(12))",
        ]
      }
  }
}
