import Core
import Documents
import Evaluation
import Foundation
import PrecisionSearch
import Rendering

extension SearchReport {
  /// The report for a terminal: every layer, then the comparison.
  var text: String {
    """
    \(network.name) on \(targetNames), batch \(network.batch), data \(data), method \(method.rawValue), seed \(seed)
    \(spent)

    \(layerTable)
    \(comparison)\(failureLines)\(charges)\(cautions)
    """
  }

  private var targetNames: String {
    targets.isEmpty ? target.id : targets.map(\.id).joined(separator: " and ") + "; costs of the first"
  }

  private var failureLines: String {
    guard let failures else { return "" }
    return "The evaluator failed on these, which count as the worst:\n"
      + failures.map { "  \($0.policy) (\($0.split.rawValue)): \($0.reason)\n" }.joined()
  }

  private var charges: String {
    problem.space.tables.map { $0.costedAsText(of: searched.policy) }.joined()
  }

  private var cautions: String { (targets.isEmpty ? [target] : targets).map(\.caution).joined() }

  /// What the costs of the tables are of, on the first target.
  private var metric: Metric {
    problem.resource.target == 0
      ? problem.resource.metric : (problem.space.hasFloatActivations ? .weightBytes : .latency)
  }

  private var eightBitCost: Double? {
    try? table.total(metric, of: .uniform(problem.space.eightBit, layerCount: table.network.layers.count))
  }

  private func text(_ cost: [Metric: Double]?) -> String {
    cost?[metric].map { Quantity.cost($0, metric) } ?? ""
  }

  private var spent: String {
    let measured = "\(episodes) policies measured"
    return probes.count == 0
      ? measured
      : "\(probes.count) sensitivity measurements and \(measured), the work of \(evaluations) evaluations"
  }

  private var layerTable: String {
    var table = TextTable([
      .init("layer"), .init("kind"), .init("weights"), .init("activations"), .init("8 bit", .right),
      .init("searched", .right), .init("bound by"),
    ])
    for layer in layers {
      table.add([
        layer.name, layer.kind.rawValue, Self.bar(layer.weight_bits), Self.bar(layer.activation_bits),
        text(layer.eight_bit_cost), text(layer.cost),
        layer.bound?.rawValue.replacing("-", with: " ") ?? "",
      ])
    }
    return table.text
  }

  private static func bar(_ width: BitWidth) -> String { "\(BitBar.text(width, of: .eight)) \(width)" }

  private var comparison: String {
    var table = TextTable([
      .init("policy"), .init(metric.title, .right), .init("of 8 bit", .right), .init("validation", .right),
      .init("test", .right),
    ])
    table.add(["32-bit float", "", "", baseline(float.validation), baseline(float.test)])
    for (name, contender) in contenders {
      table.add([
        name, text(contender.cost), contender.cost[metric].flatMap { share($0, of: eightBitCost) } ?? "",
        accuracy(contender.validation), accuracy(contender.test),
      ])
    }
    let stopped =
      ending == .completed
      ? "" : "Stopped after \(episodes) policies: the best policy so far, without the comparison.\n"
    return "\(table.text)\(discardedFineTunings)\(measuredLatencies)\(limits)\(networkNote)\(stopped)"
  }

  /// What is compared with the float network, by the name of its row.
  private var contenders: [(name: String, Contender)] {
    var rows: [(String, Contender)] = []
    if let eightBit { rows.append(("uniform 8 bit", eightBit)) }
    rows += uniformPACT.map { ("PACT, uniform \($0.precision.map(\.description) ?? "")", $0) }
    if let deepCompression {
      let (convolutions, fullyConnected) = (deepCompression.convolutions, deepCompression.fullyConnected)
      rows.append(
        ("Deep Compression, \(convolutions) and \(fullyConnected) bit", deepCompression.contender))
    }
    if let bestUniform {
      let name = minimized == nil ? "best uniform within the budget" : "cheapest uniform of enough accuracy"
      rows.append(("\(name), \(bestUniform.precision.map(\.description) ?? "")", bestUniform))
    }
    return rows + [("searched", searched)]
  }

  /// Which policies stand in the table as calibrated, because fine-tuning made them worse.
  private var discardedFineTunings: String {
    let parts = contenders.compactMap { name, contender in
      contender.discardedFineTuning.map {
        "\(name) (\(accuracy(contender.validation)) against \(accuracy($0)))"
      }
    }
    guard !parts.isEmpty else { return "" }
    return "Better on the validation samples as calibrated than fine-tuned, and compared so: "
      + parts.joined(separator: "; ") + ". A smaller --finetune-rate may suit them.\n"
  }

  /// What an evaluator on a board told, beside the modelled costs.
  private var measuredLatencies: String {
    let parts = contenders.compactMap { name, contender in
      (contender.test?.figures?.latency ?? contender.validation.figures?.latency).map {
        "\(name) \(Quantity.seconds($0))"
      }
    }
    return parts.isEmpty ? "" : "Latency that the evaluator measured: \(parts.joined(separator: "; ")).\n"
  }

  /// Why the costs of the layers above do not add up to that of the policy.
  private var networkNote: String {
    guard table.aggregates[metric] == .network, let whole = searched.cost[metric],
      let sum = table.layerSum(metric, of: searched.policy)
    else { return "" }
    let gap = NetworkGap(network: whole, sumOfLayers: sum)
    return "On \(target.id), the \(metric.title) of the network is its own: \(gap.text(metric)).\n"
  }

  /// One budget as a sentence, several as a table.
  private var limits: String {
    var text = ""
    if let minimized {
      text += String(
        format: "Minimised: %@, losing at most %g points of validation accuracy against the float network.\n",
        minimized.metric.title, minimized.accuracy_drop)
    }
    if budgets.count == 1, targets.isEmpty {
      let share = share(budgets[0].limit, of: budgets[0].uniform_8_bit)
      return text + "Budget: \(Quantity.cost(budgets[0].limit, budgets[0].metric))"
        + (share.map { ", \($0) of uniform 8 bit" } ?? "") + ".\n"
    }
    guard !budgets.isEmpty else { return text }
    var table = TextTable([
      .init("budget"), .init("target"), .init("limit", .right), .init("of 8 bit", .right),
      .init("least reachable", .right), .init("searched", .right),
    ])
    for budget in budgets {
      table.add([
        budget.metric.title, budget.target, Quantity.cost(budget.limit, budget.metric),
        share(budget.limit, of: budget.uniform_8_bit) ?? "",
        Quantity.cost(budget.least_reachable, budget.metric),
        budget.searched.map { Quantity.cost($0, budget.metric) } ?? "",
      ])
    }
    return "\(text)\n\(table.text)"
  }

  private func share(_ cost: Double, of eightBit: Double?) -> String? {
    Quantity.multiple(cost, of: eightBit)
  }

  private func baseline(_ figures: EvaluationResult.Figures?) -> String {
    figures.map { Quantity.accuracy($0.accuracy) } ?? ""
  }

  private func accuracy(_ result: EvaluationResult?) -> String {
    result.map { $0.figures.map { Quantity.accuracy($0.accuracy) } ?? "failed" } ?? ""
  }
}
