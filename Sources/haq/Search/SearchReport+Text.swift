import Evaluation
import Foundation
import HardwareModel
import PrecisionSearch
import Reports

extension SearchReport {
  /// The report for a terminal: every layer, then the comparison.
  var text: String {
    """
    \(network.name) on \(target.id), batch \(network.batch), data \(data), method \(method.rawValue), seed \(seed)
    \(spent)

    \(layerTable)
    \(comparison)
    """
  }

  private var spent: String {
    let measured = "\(episodes) policies measured"
    return probes.count == 0
      ? measured
      : "\(probes.count) probes of single layers and \(measured), the work of \(evaluations) evaluations"
  }

  private var layerTable: String {
    var table = TextTable([
      .init("layer"), .init("kind"), .init("weights"), .init("activations"), .init("8 bit", .right),
      .init("searched", .right), .init("bound by"),
    ])
    for layer in layers {
      table.add([
        layer.name, layer.kind.rawValue, Self.bar(layer.weight_bits), Self.bar(layer.activation_bits),
        layer.eight_bit_latency_s.map(Quantity.seconds) ?? "", Quantity.seconds(layer.latency_s),
        layer.bound?.rawValue.replacing("-", with: " ") ?? "",
      ])
    }
    return table.text
  }

  private static func bar(_ width: BitWidth) -> String { "\(BitBar.text(width, of: .eight)) \(width)" }

  private var comparison: String {
    var table = TextTable([
      .init("policy"), .init("latency", .right), .init("of 8 bit", .right), .init("validation", .right),
      .init("test", .right),
    ])
    table.add(["32-bit float", "", "", accuracy(float.validation), accuracy(float.test)])
    if let eightBit { add("uniform 8 bit", eightBit, to: &table) }
    if let bestUniform {
      add(
        "best uniform within the budget, \(bestUniform.precision.map(\.description) ?? "")", bestUniform,
        to: &table)
    }
    add("searched", searched, to: &table)
    let budget =
      "Budget: \(Quantity.seconds(budget_s))" + (share(budget_s).map { ", \($0) of uniform 8 bit" } ?? "")
    let stopped =
      ending == .completed
      ? "" : "Stopped after \(episodes) policies: the best policy so far, without the comparison.\n"
    return "\(table.text)\(budget).\n\(stopped)"
  }

  private func add(_ name: String, _ contender: Contender, to table: inout TextTable) {
    table.add([
      name, Quantity.seconds(contender.latency_s), share(contender.latency_s) ?? "",
      accuracy(contender.validation), accuracy(contender.test),
    ])
  }

  private func share(_ latency_s: Double) -> String? {
    eight_bit_latency_s.map { String(format: "%.3fx", latency_s / $0) }
  }

  private func accuracy(_ result: EvaluationResult?) -> String {
    result.map { String(format: "%.2f %%", $0.accuracy * 100) } ?? ""
  }
}
