import Core
import Rendering

extension CostDocument {
  /// The table for a terminal.
  public var text: String {
    let gaps = Metric.allCases.compactMap { metric in
      (networkGap?[metric]).map { "\(metric.title) of the network as a whole: \($0.text(metric))\n" }
    }
    let others = Metric.allCases.filter { $0 != .latency && total.keys.contains($0) }
      .map { "\($0.title): \(Quantity.cost(total[$0] ?? 0, $0))\n" }
    return """
      \(network.name) on \(target.id), batch \(network.batch). MACs are of one sample, costs of the batch.

      \(table)\(gaps.joined())\(others.joined())\(memory.map { "On any hardware: \($0.text).\n" } ?? "")\(costedAsText)\(interpolationNote)\(target.caution)
      """
  }

  private var table: String {
    let whole = total[.latency] ?? 0
    // Layers that overlap are shares of what they add up to.
    let sum = networkGap?[.latency] == nil ? whole : layers.reduce(0) { $0 + ($1.cost[.latency] ?? 0) }
    let hasBounds = layers.contains { $0.bound != nil }
    let hasOutputs = layers.contains { $0.outputBits != nil }
    let hasIntervals = layers.contains { $0.interval != nil }
    var columns: [TextTable.Column] = [
      .init("layer"), .init("kind"), .init("shape"), .init("MACs", .right), .init("weights"),
      .init("activations"),
    ]
    if hasOutputs { columns.append(.init("outputs", .right)) }
    columns.append(.init("latency", .right))
    if hasIntervals { columns.append(.init("90 % interval", .right)) }
    columns.append(.init("share", .right))
    if hasBounds { columns.append(.init("bound by")) }
    var table = TextTable(columns)
    let weightBar = BitBar.total(of: [widestWeightBits] + layers.map(\.weightBits))
    let activationBar = BitBar.total(of: [widestActivationBits] + layers.map(\.activationBits))
    for layer in layers {
      let latency = layer.cost[.latency] ?? 0
      var cells = [
        layer.name, layer.kind.rawValue, layer.shape, Quantity.count(layer.macs),
        BitBar.cell(layer.weightBits, of: weightBar), BitBar.cell(layer.activationBits, of: activationBar),
      ]
      if hasOutputs { cells.append(layer.outputBits?.description ?? "") }
      cells.append((layer.isInterpolated == true ? "~" : "") + Quantity.seconds(latency))
      if hasIntervals { cells.append(layer.interval?.text ?? "") }
      cells.append(sum > 0 ? Quantity.percent(latency / sum) : "")
      if hasBounds { cells.append(layer.bound?.words ?? "") }
      table.add(cells)
    }
    table.addRule()
    let work = layers.reduce(0) { $0 + $1.macs }
    var cells = ["total", "", "", Quantity.count(work), "", ""]
    if hasOutputs { cells.append("") }
    cells.append(Quantity.seconds(whole))
    if hasIntervals { cells.append(interval?.text ?? "") }
    cells.append("")
    if hasBounds { cells.append("") }
    table.add(cells)
    return table.text
  }

  private var costedAsText: String {
    CostedAs.text(
      of: layers.map { ("\(Precision(weight: $0.weightBits, activation: $0.activationBits))", $0.costedAs) },
      on: target.id)
  }

  private var interpolationNote: String {
    let count = layers.count { $0.isInterpolated == true }
    guard count > 0 else { return "" }
    return
      "~ \(count) of \(layers.count) layers \(count == 1 ? "has" : "have") costs interpolated between measured widths.\n"
  }
}

extension CostDocument.IntervalPart {
  /// `12.1 us - 14.9 us`
  fileprivate var text: String { "\(Quantity.seconds(low)) - \(Quantity.seconds(high))" }
}
