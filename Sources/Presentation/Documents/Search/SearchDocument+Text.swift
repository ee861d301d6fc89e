public import Core
import Evaluation
import Foundation
import PrecisionSearch
import Quantization
import Rendering

extension SearchDocument {
  /// The document for a terminal: every layer, then the comparison.
  ///
  /// - Parameter tables: What the policies cost, by target.
  public func text(_ tables: [CostTable]) -> String { SearchText(document: self, tables: tables).text }
}

/// Writes a `SearchDocument` for people.
private struct SearchText {
  let document: SearchDocument
  let tables: [CostTable]

  private var table: CostTable { tables[0] }

  var text: String {
    """
    \(document.network.name) on \(targetNames), batch \(document.network.batch), data \(document.data), method \(document.method), seed \(document.seed)
    \(spent)

    \(layerTable)
    \(comparison)\(failureLines)\(costedAs)\(cautions)
    """
  }

  private var targetNames: String {
    document.targets.map { $0.map(\.id).joined(separator: " and ") + "; costs of the first" }
      ?? document.target.id
  }

  private var spent: String {
    let measured = "\(Quantity.counted(document.episodes, "policy", "policies")) measured"
    let sensitivity = document.sensitivity.count
    return sensitivity == 0
      ? measured
      : "\(Quantity.counted(sensitivity, "sensitivity measurement")) and \(measured), the work of "
        + Quantity.counted(document.evaluations, "evaluation")
  }

  private var failureLines: String {
    guard let failures = document.failures else { return "" }
    return "The evaluator failed on these, which count as the worst:\n"
      + failures.map { "  \($0.policy) (\($0.split.rawValue)): \($0.reason)\n" }.joined()
  }

  private var costedAs: String { tables.map { $0.costedAsText(of: document.policy) }.joined() }

  private var cautions: String { (document.targets ?? [document.target]).map(\.caution).joined() }

  /// What the costs of the tables are of, on the first target.
  private var metric: Metric {
    document.minimized?.metric ?? document.budgets.first?.metric ?? .latency
  }

  private var eightBitCost: Double? {
    let isForSize = document.quantization?.quantizer == .kMeans
    let precision = isForSize ? Precision(weight: .eight, activation: .float) : table.reference
    return try? table.total(metric, of: .uniform(precision, layerCount: document.layers.count))
  }

  private var reference: String { document.reference ?? "8 bit" }

  private func text(_ cost: [Metric: Double]?) -> String {
    cost?[metric].map { Quantity.cost($0, metric) } ?? ""
  }

  private var layerTable: String {
    var table = TextTable([
      .init("layer"), .init("kind"), .init("weights"), .init("activations"), .init(reference, .right),
      .init("searched", .right), .init("bound by"),
    ])
    for layer in document.layers {
      table.add([
        layer.name, layer.kind.rawValue, Self.bar(layer.weightBits), Self.bar(layer.activationBits),
        text(layer.eightBitCost), text(layer.cost),
        layer.bound?.rawValue.replacing("-", with: " ") ?? "",
      ])
    }
    return table.text
  }

  private static func bar(_ width: BitWidth) -> String { BitBar.cell(width, of: .eight) }

  private var comparison: String {
    let hasSums = document.rows.contains { $0.networkGap?[metric] != nil }
    var table = TextTable(
      [.init("policy"), .init(metric.title, .right), .init("of \(reference)", .right)]
        + (hasSums ? [.init("layers alone", .right)] : [])
        + [.init(titled("validation"), .right), .init(titled("test"), .right)])
    table.add(
      ["32-bit float", "", ""] + (hasSums ? [""] : [])
        + [baseline(document.float.validation), baseline(document.float.test)])
    for row in document.rows {
      let sum = (row.networkGap?[metric]).map { Quantity.cost($0.sumOfLayers, metric) } ?? ""
      table.add(
        [row.name, text(row.cost), row.cost[metric].flatMap { share($0, of: eightBitCost) } ?? ""]
          + (hasSums ? [sum] : []) + [percent(row.validation), percent(row.test)])
    }
    let stopped =
      document.ending == .completed
      ? ""
      : "Stopped after \(Quantity.counted(document.episodes, "policy", "policies")): the best policy so far, without the comparison.\n"
    return
      "\(table.text)\(testDifferences)\(race)\(discardedFineTunings)\(measuredLatencies)\(limits)\(networkNote)\(stopped)"
  }

  /// What is measured, such as `agreement`.
  private var accuracy: String { document.accuracyMetric ?? "accuracy" }

  /// A split as the title of a column, with what is measured where it is not the accuracy that readers expect.
  private func titled(_ split: String) -> String {
    document.accuracyMetric.map { "\(split) \($0)" } ?? split
  }

  /// How far policies are from the float network, and how surely.
  private var testDifferences: String {
    let parts = SearchDocument.Difference.Policy.allCases.compactMap { policy in
      document.difference(policy, less: .float).map { (policy, $0) }
    }
    guard let samples = parts.first?.1.samples else { return "" }
    return
      "Test \(accuracy) less that of the float network, on the same \(samples) samples, with one standard error: "
      + parts.map { "\($0.name(reference)) \($1.points)" }.joined(separator: "; ") + ".\n"
  }

  /// How the finalists were chosen, where more policies raced for their places.
  private var race: String {
    guard let race = document.race else { return "" }
    let places = Quantity.counted(race.finalists, "finalist")
    guard race.samples > 0 else {
      return
        "No other policy was within two standard errors of the last of \(places), so none raced for a place.\n"
    }
    let tied = race.tied.map { "; \($0) without a place are tied with the last finalist" } ?? ""
    return
      "\(race.contenders) policies raced for the places of \(places) on all \(race.samples) validation samples: "
      + "\(race.stopped) were given up early, \(race.promoted) finalists had no place before\(tied).\n"
  }

  /// Which policies are compared as calibrated, because fine-tuning made them worse.
  private var discardedFineTunings: String {
    let parts = document.rows.compactMap { row in
      row.discardedFineTuning.map { "\(row.name) (\(percent(row.validation)) against \(percent($0)))" }
    }
    guard !parts.isEmpty else { return "" }
    return "Fine-tuning lowered validation \(accuracy) here, so these are compared without it: "
      + parts.joined(separator: "; ") + ". A smaller --finetune-rate may suit them.\n"
  }

  /// What an evaluator on a board measured, beside the modelled costs.
  private var measuredLatencies: String {
    let parts = document.rows.compactMap { row in
      (row.test?.figures?.latency ?? row.validation.figures?.latency).map {
        "\(row.name) \(Quantity.seconds($0))"
      }
    }
    return parts.isEmpty ? "" : "Latency that the evaluator measured: \(parts.joined(separator: "; ")).\n"
  }

  /// How the cost of the policy, which budgets are of, and those of its layers alone belong together.
  private var networkNote: String {
    guard let gap = document.searched.networkGap?[metric] else { return "" }
    let what =
      table.aggregates[metric] == .network
      ? "the \(metric.title) of the network is its own" : "\(metric.title) counts what lies between layers"
    return "On \(document.target.id), \(what): \(gap.text(metric)).\n"
  }

  /// One budget as a sentence, several as a table.
  private var limits: String {
    let budgets = document.budgets
    var text = ""
    if let minimized = document.minimized {
      text += String(
        format: "Minimised: %@, losing at most %g points of validation %@ against the float network.\n",
        minimized.metric.title, minimized.accuracyDrop, accuracy)
    }
    if budgets.count == 1, document.targets == nil {
      let share = share(budgets[0].limit, of: budgets[0].eightBit)
      return text + "Budget: \(Quantity.cost(budgets[0].limit, budgets[0].metric))"
        + (share.map { ", \($0) of uniform \(budgets[0].reference ?? "8 bit")" } ?? "") + ".\n"
    }
    guard !budgets.isEmpty else { return text }
    var table = TextTable([
      .init("budget"), .init("target"), .init("limit", .right), .init(shareTitle, .right),
      .init("least reachable", .right), .init("searched", .right),
    ])
    for budget in budgets {
      table.add([
        budget.metric.title, budget.target, Quantity.cost(budget.limit, budget.metric),
        share(budget.limit, of: budget.eightBit) ?? "",
        Quantity.cost(budget.leastReachable, budget.metric),
        budget.searched.map { Quantity.cost($0, budget.metric) } ?? "",
      ])
    }
    return "\(text)\n\(table.text)"
  }

  /// Targets may have references of their own.
  private var shareTitle: String {
    let references = Set(document.budgets.map { $0.reference ?? "8 bit" })
    return references.count == 1 ? "of \(references.first ?? reference)" : "of the reference"
  }

  private func share(_ cost: Double, of eightBit: Double?) -> String? {
    Quantity.multiple(cost, of: eightBit)
  }

  private func baseline(_ figures: EvaluationResult.Figures?) -> String {
    figures.map { Quantity.accuracy($0.accuracy) } ?? ""
  }

  private func percent(_ result: EvaluationResult?) -> String {
    result.map { $0.figures.map { Quantity.accuracy($0.accuracy) } ?? "failed" } ?? ""
  }
}

extension SearchDocument.Difference.Policy {
  fileprivate func name(_ reference: String) -> String {
    switch self {
    case .float: "32-bit float"
    case .searched: "searched"
    case .eightBit: "uniform \(reference)"
    case .bestUniform: "best uniform"
    case .deepCompression: "Deep Compression"
    }
  }
}

extension PairedDifference {
  /// Such as `-0.21 ± 0.10 points`, where a point is a hundredth of the samples.
  var points: String { String(format: "%+.2f ± %.2f points", difference * 100, standardError * 100) }
}

extension SearchDocument {
  /// A policy that is compared with the float network.
  fileprivate struct Row {
    var name: String
    var cost: [Metric: Double]
    var networkGap: [Metric: NetworkGap]?
    var validation: EvaluationResult
    var discardedFineTuning: EvaluationResult?
    var test: EvaluationResult?

    init(_ name: String, _ contender: Contender) {
      self.name = name
      cost = contender.cost
      networkGap = contender.networkGap
      validation = contender.validation
      discardedFineTuning = contender.discardedFineTuning
      test = contender.test
    }

    init(_ name: String, _ widths: TwoWidths) {
      self.name = name
      cost = widths.cost
      validation = widths.validation
      discardedFineTuning = widths.discardedFineTuning
      test = widths.test
    }
  }

  fileprivate var rows: [Row] {
    guard let comparison else { return [Row("searched", searched)] }
    var rows: [Row] = []
    if let eightBit = comparison.eightBit { rows.append(Row("uniform \(reference ?? "8 bit")", eightBit)) }
    rows += (comparison.pact ?? []).map { Row("PACT, uniform \($0.precision ?? "")", $0) }
    if let widths = comparison.deepCompression {
      rows.append(
        Row(
          "Deep Compression, \(widths.convolutionBits) and \(widths.fullyConnectedBits) bit", widths))
    }
    if let bestUniform = comparison.bestUniform {
      let name =
        minimized == nil
        ? "best uniform within the budget" : "cheapest uniform of enough \(accuracyMetric ?? "accuracy")"
      rows.append(Row("\(name), \(bestUniform.precision ?? "")", bestUniform))
    }
    return rows + [Row("searched", searched)]
  }
}
