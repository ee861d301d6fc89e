public import Core
import Diagnostics
public import Rendering

/// The layers of a network under the roofs of a target: the drawing of `haq cost --roofline`.
public enum Roofline {
  /// One series of points per policy, each layer at its operations per byte and its attained throughput.
  ///
  /// A roof of computing is the highest rate that the target's own terms give any layer at the series' precisions. The
  /// memory's roof is the target's, whatever the network and the policies (`MemoryPaths`). Throws a `Diagnostic` for a target without traffic or terms,
  /// and when it cannot run a layer.
  public static func chart(of policies: [(title: String, policy: Policy)], in table: CostTable) throws
    -> RooflineChart
  {
    let target = table.provenance.name
    guard table.aggregates.keys.contains(.trafficBytes) else {
      throw Diagnostic(
        "a roofline needs the bytes that layers move, and target \"\(target)\" does not state traffic_bytes")
    }
    let series = try policies.map { title, policy in
      var peak = 0.0
      let points = try table.network.layers.indices.map { layer in
        let name = table.network.layers[layer].name
        let precision = policy[layer]
        guard let latency = table.cost(.latency, layer: layer, under: policy),
          let traffic = table.cost(.trafficBytes, layer: layer, under: policy), latency > 0, traffic > 0
        else {
          throw Diagnostic(
            "target \"\(target)\" has no latency and traffic of layer \"\(name)\" at \(precision)")
        }
        guard let terms = table.breakdown(layer: layer, under: policy) else {
          throw Diagnostic(
            "a roofline needs the terms of the latency, and target \"\(target)\" does not state them")
        }
        let operations = table.network.operations(ofLayer: layer)
        if terms.computeSeconds > 0 { peak = max(peak, operations / terms.computeSeconds) }
        return RooflineChart.Entry(
          intensity: operations / traffic, throughput: operations / latency,
          title: "\(name) at \(precision): \(Quantity.seconds(latency)), bound by \(terms.bound.words)")
      }
      return RooflineChart.Series(title: title, peak: peak, points: points)
    }
    return RooflineChart(
      title: "\(table.network.name) on \(TargetStamp(table).title), batch \(table.network.batch)",
      series: series, memory: MemoryPaths(table).map(RooflineChart.Memory.init))
  }
}
