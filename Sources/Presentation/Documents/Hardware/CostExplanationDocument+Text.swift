import Core
import Rendering

extension CostExplanationDocument {
  /// For a terminal.
  public var text: String {
    let latency = cost[.latency] ?? 0
    var text = "\(layer) of \(network.name) on \(target.id) at \(precision), batch \(network.batch)\n"
    text += costedAs.map { "costed as \($0): \(target.id) rounds widths up to what it has\n" } ?? ""
    text +=
      "\(kind.rawValue), \(inputChannels) -> \(outputChannels) channels, \(output) outputs"
      + "\(outputBits.map { " of \($0) bits" } ?? ""), kernel \(kernel)\n\n"
    text += termsText(latency)
    for metric in Metric.allCases where metric != .latency {
      if let value = cost[metric] { text += "\(metric.title): \(Quantity.cost(value, metric))\n" }
    }
    text += "\(Quantity.plain(operationsPerSecond))operations/s"
    text += operationsPerByte.map { ", \(Quantity.plain($0)) operations per byte" } ?? ""
    let parts = components.map { CostComponent.text(of: $0, cost: cost) + "\n" } ?? ""
    return text + "\n\n" + parts + savingsText(latency) + target.caution
  }

  private func termsText(_ latency: Double) -> String {
    guard let terms else {
      return "latency \(Quantity.seconds(latency)); the target does not say where it comes from\n"
    }
    var table = TextTable([.init("term"), .init("alone", .right), .init("of the latency", .right), .init("")])
    for term in terms {
      table.add([
        term.name, Quantity.seconds(term.latencySeconds),
        latency > 0 ? Quantity.percent(term.latencySeconds / latency) : "",
        term.isBound ? "<- bounds the layer" : "",
      ])
    }
    table.addRule()
    table.add(["latency", Quantity.seconds(latency), "", ""])
    return table.text
  }

  private func savingsText(_ latency: Double) -> String {
    let metrics = Metric.allCases.filter { cost.keys.contains($0) }
    guard !savings.isEmpty else { return "Both operands have their narrowest width.\n" }
    var table = TextTable(
      [.init("change"), .init("bits")] + metrics.map { .init($0.title, .right) }
        + [.init("of the latency", .right)])
    for saving in savings {
      let share = latency > 0 ? (saving.cost[.latency] ?? 0) / latency : 0
      table.add(
        [saving.change, saving.precision + (saving.costedAs.map { ", costed as \($0)" } ?? "")]
          + metrics.map { metric in saving.cost[metric].map { Self.signed($0, metric) } ?? "cannot run" }
          + [saving.cost[.latency] == nil ? "" : Quantity.signedPercent(share)])
    }
    return table.text
  }

  private static func signed(_ value: Double, _ metric: Metric) -> String {
    guard value != 0 else { return "0" }
    return (value < 0 ? "-" : "+") + Quantity.cost(abs(value), metric)
  }
}
