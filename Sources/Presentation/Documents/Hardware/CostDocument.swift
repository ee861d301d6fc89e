import Core
import Diagnostics
import Documents
import Rendering

/// What one policy costs: the output of `haq cost` in both formats.
struct CostReport: Encodable {
  var network: NetworkStamp
  var target: TargetStamp
  var layers: [LayerPart]
  var total: [Metric: Double]
  /// On any hardware; absent for a list of layers, which has no connections.
  var memory: NetworkMemory?
  /// Of metrics whose total is not made of the costs of layers; absent when there are none.
  var network_gap: [Metric: NetworkGap]?
  var program_version: String

  struct LayerPart: Encodable {
    var name: String
    var kind: Layer.Kind
    /// Of one sample.
    var macs: Int
    var weight_bits: BitWidth
    var activation_bits: BitWidth
    /// What the target charges the layer as, such as `W4A8`; absent where that is what was asked for.
    var charged_as: String?
    /// Of the whole batch.
    var cost: [Metric: Double]
    var bound: Breakdown.Bound?
    /// Present and true when the cost lies between measured ones.
    var is_interpolated: Bool?
  }

  private let shapes: Network
  private let widest: Precision
  private let chargesText: String

  private enum CodingKeys: String, CodingKey {
    case network, target, layers, total, memory, network_gap, program_version
  }

  /// Throws `Diagnostics` that name every layer which the target cannot run at its precision, `NetworkCostFailure`
  /// when it does not say what the network costs as a whole.
  init(of policy: Policy, in table: CostTable) throws {
    let supported = policy.precisions.indices.filter { table.supports(layer: $0, at: policy[$0]) }
    guard supported.count == policy.precisions.count else {
      throw Self.unsupported(policy, in: table)
    }
    network = NetworkStamp(table)
    target = TargetStamp(table)
    program_version = table.provenance.programVersion
    shapes = table.network
    widest = Precision(
      weight: table.weightWidths[table.weightWidths.count - 1],
      activation: table.activationWidths[table.activationWidths.count - 1])
    layers = table.network.layers.enumerated().map { index, layer in
      let precision = policy[index]
      return LayerPart(
        name: layer.name, kind: layer.kind, macs: layer.multiplyAccumulates, weight_bits: precision.weight,
        activation_bits: precision.activation, charged_as: table.costedAs(precision),
        cost: table.aggregates.keys.reduce(into: [:]) {
          $0[$1] = table.cost($1, layer: index, at: precision)
        },
        bound: table.breakdown(layer: index, at: precision)?.bound,
        is_interpolated: table.isInterpolated(layer: index, at: precision) ? true : nil)
    }
    chargesText = table.costedAsText(of: policy)
    total = table.aggregates.keys.reduce(into: [:]) { $0[$1] = table.total($1, of: policy) }
    try table.demandNetworkCosts()
    let gaps = total.filter { table.aggregates[$0.key] == .network }.reduce(into: [Metric: NetworkGap]()) {
      $0[$1.key] = table.layerSum($1.key, of: policy).map { [whole = $1.value] in
        NetworkGap(network: whole, sumOfLayers: $0)
      }
    }
    network_gap = gaps.isEmpty ? nil : gaps
  }

  /// One problem per precision, not per layer: a uniform policy would repeat itself.
  private static func unsupported(_ policy: Policy, in table: CostTable) -> Diagnostics {
    let layers = table.network.layers.indices.filter { !table.supports(layer: $0, at: policy[$0]) }
    let byPrecision = Dictionary(grouping: layers) { policy[$0] }
    let weights = table.weightWidths.map(\.description).joined(separator: ", ")
    let activations = table.activationWidths.map(\.description).joined(separator: ", ")
    return Diagnostics(
      byPrecision.sorted { $0.value[0] < $1.value[0] }.map { precision, layers in
        let names = layers.prefix(3).map { table.network.layers[$0].name }.joined(separator: ", ")
        let rest = layers.count > 3 ? " and \(layers.count - 3) more layers" : ""
        return Diagnostic(
          "target \"\(table.provenance.name)\" cannot run \(names)\(rest) at \(precision); it has weights of "
            + "\(weights) bits and activations of \(activations) bits")
      })
  }
}

extension CostReport {
  /// The table for a terminal.
  var text: String {
    let whole = total[.latency] ?? 0
    // Layers that overlap are shares of what they add up to.
    let sum = network_gap?[.latency]?.sumOfLayers ?? whole
    let hasBounds = layers.contains { $0.bound != nil }
    var table = TextTable(
      [
        .init("layer"), .init("kind"), .init("shape"), .init("MACs", .right), .init("weights"),
        .init("activations"), .init("latency", .right), .init("share", .right),
      ] + (hasBounds ? [.init("bound by")] : []))
    for (layer, shape) in zip(layers, shapes.layers) {
      let latency = layer.cost[.latency] ?? 0
      table.add(
        [
          layer.name, layer.kind.rawValue, Self.shape(of: shape), Quantity.count(layer.macs),
          "\(BitBar.text(layer.weight_bits, of: widest.weight)) \(layer.weight_bits)",
          "\(BitBar.text(layer.activation_bits, of: widest.activation)) \(layer.activation_bits)",
          (layer.is_interpolated == true ? "~" : "") + Quantity.seconds(latency),
          sum > 0 ? Quantity.percent(latency / sum) : "",
        ] + (hasBounds ? [layer.bound?.words ?? ""] : []))
    }
    table.addRule()
    let work = layers.reduce(0) { $0 + $1.macs }
    table.add(
      ["total", "", "", Quantity.count(work), "", "", Quantity.seconds(whole), ""] + (hasBounds ? [""] : []))
    let gaps = Metric.allCases.compactMap { metric in
      (network_gap?[metric]).map { "\(metric.title) of the network as a whole: \($0.text(metric))\n" }
    }
    let others = Metric.allCases.filter { $0 != .latency && total.keys.contains($0) }
      .map { "\($0.title): \(Quantity.cost(total[$0] ?? 0, $0))\n" }
    return """
      \(network.name) on \(target.id), batch \(network.batch). MACs are of one sample, costs of the batch.

      \(table.text)\(gaps.joined())\(others.joined())\(memory.map { "On any hardware: \($0.text).\n" } ?? "")\(chargesText)\(interpolationNote)\(target.caution)
      """
  }

  private var interpolationNote: String {
    let count = layers.count { $0.is_interpolated == true }
    guard count > 0 else { return "" }
    return "~ \(count) of \(layers.count) layers have costs interpolated between measured widths.\n"
  }

  /// `32x112x112 -> 64x112x112, 3x3/2`
  private static func shape(of layer: Layer) -> String {
    switch layer.kind {
    case .fullyConnected, .matmul: return "\(layer.inputChannels) -> \(layer.outputChannels)"
    case .convolution, .depthwise:
      let stride = layer.stride == .one ? "" : "/\(layer.stride.height)"
      return
        "\(layer.inputChannels)x\(layer.input) -> \(layer.outputChannels)x\(layer.output), \(layer.kernel)\(stride)"
    }
  }
}
