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
    let sum = networkGap?[.latency]?.sumOfLayers ?? whole
    let hasBounds = layers.contains { $0.bound != nil }
    let hasOutputs = layers.contains { $0.outputBits != nil }
    var table = TextTable(
      [
        .init("layer"), .init("kind"), .init("shape"), .init("MACs", .right), .init("weights"),
        .init("activations"),
      ] + (hasOutputs ? [.init("outputs", .right)] : [])
        + [.init("latency", .right), .init("share", .right)] + (hasBounds ? [.init("bound by")] : []))
    for layer in layers {
      let latency = layer.cost[.latency] ?? 0
      table.add(
        [
          layer.name, layer.kind.rawValue, layer.shape, Quantity.count(layer.macs),
          "\(BitBar.text(layer.weightBits, of: widestWeightBits)) \(layer.weightBits)",
          "\(BitBar.text(layer.activationBits, of: widestActivationBits)) \(layer.activationBits)",
        ] + (hasOutputs ? [layer.outputBits?.description ?? ""] : []) + [
          (layer.isInterpolated == true ? "~" : "") + Quantity.seconds(latency),
          sum > 0 ? Quantity.percent(latency / sum) : "",
        ] + (hasBounds ? [layer.bound?.words ?? ""] : []))
    }
    table.addRule()
    let work = layers.reduce(0) { $0 + $1.macs }
    table.add(
      ["total", "", "", Quantity.count(work), "", ""] + (hasOutputs ? [""] : [])
        + [Quantity.seconds(whole), ""] + (hasBounds ? [""] : []))
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
