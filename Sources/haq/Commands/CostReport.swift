import Diagnostics
import HardwareModel
import Reports

/// What one policy costs: the output of `haq cost` in both formats.
struct CostReport: Encodable {
  var network: NetworkPart
  var target: TargetPart
  var layers: [LayerPart]
  var total: [Metric: Double]
  var program_version: String

  struct NetworkPart: Encodable {
    var name: String
    var sha256: String
    var batch: Int
  }

  struct TargetPart: Encodable {
    var id: String
    var spec_sha256: String
    var library_sha256: String?
  }

  struct LayerPart: Encodable {
    var name: String
    var kind: Layer.Kind
    /// Of one sample.
    var macs: Int
    var weight_bits: BitWidth
    var activation_bits: BitWidth
    /// Of the whole batch.
    var cost: [Metric: Double]
    var bound: Breakdown.Bound?
  }

  private let shapes: Network
  private let widest: Precision

  private enum CodingKeys: String, CodingKey {
    case network, target, layers, total, program_version
  }

  /// Throws `Diagnostics` that name every layer which the target cannot run at its precision.
  init(of policy: Policy, in table: CostTable) throws {
    let supported = policy.precisions.indices.filter { table.supports(layer: $0, at: policy[$0]) }
    guard supported.count == policy.precisions.count else {
      throw Self.unsupported(policy, in: table)
    }
    let stamp = table.provenance
    network = NetworkPart(
      name: table.network.name, sha256: stamp.networkSHA256, batch: table.network.batch)
    target = TargetPart(
      id: stamp.target, spec_sha256: stamp.specSHA256, library_sha256: stamp.librarySHA256)
    program_version = stamp.programVersion
    shapes = table.network
    widest = Precision(
      weight: table.weightWidths[table.weightWidths.count - 1],
      activation: table.activationWidths[table.activationWidths.count - 1])
    layers = table.network.layers.enumerated().map { index, layer in
      let precision = policy[index]
      return LayerPart(
        name: layer.name, kind: layer.kind, macs: layer.multiplyAccumulates, weight_bits: precision.weight,
        activation_bits: precision.activation,
        cost: table.aggregates.keys.reduce(into: [:]) {
          $0[$1] = table.cost($1, layer: index, at: precision)
        },
        bound: table.breakdown(layer: index, at: precision)?.bound)
    }
    total = table.aggregates.keys.reduce(into: [:]) { $0[$1] = table.total($1, of: policy) }
  }

  private static func unsupported(_ policy: Policy, in table: CostTable) -> Diagnostics {
    let lines = table.network.layers.indices.filter { !table.supports(layer: $0, at: policy[$0]) }
      .map { "\(table.network.layers[$0].name) at \(policy[$0])" }
    let weights = table.weightWidths.map(\.description).joined(separator: ", ")
    let activations = table.activationWidths.map(\.description).joined(separator: ", ")
    return Diagnostics(
      lines.map {
        Diagnostic(
          "target \"\(table.provenance.target)\" cannot run \($0); it has weights of \(weights) bits and "
            + "activations of \(activations) bits")
      })
  }
}

extension CostReport {
  /// The table for a terminal.
  var text: String {
    let whole = total[.latency] ?? 0
    let others = Metric.allCases.filter { $0 != .latency && total.keys.contains($0) }
    let hasBounds = layers.contains { $0.bound != nil }
    var table = TextTable(
      [
        .init("layer"), .init("kind"), .init("shape"), .init("MACs", .right), .init("weights"),
        .init("activations"), .init("latency", .right), .init("share", .right),
      ] + others.map { .init($0.key.replacing("_", with: " "), .right) }
        + (hasBounds ? [.init("bound by")] : []))
    for (layer, shape) in zip(layers, shapes.layers) {
      let latency = layer.cost[.latency] ?? 0
      table.add(
        [
          layer.name, layer.kind.rawValue, Self.shape(of: shape), Quantity.count(layer.macs),
          "\(BitBar.text(layer.weight_bits, of: widest.weight)) \(layer.weight_bits)",
          "\(BitBar.text(layer.activation_bits, of: widest.activation)) \(layer.activation_bits)",
          Quantity.seconds(latency), whole > 0 ? Quantity.percent(latency / whole) : "",
        ] + others.map { Quantity.cost(layer.cost[$0] ?? 0, $0) }
          + (hasBounds ? [layer.bound?.rawValue.replacing("-", with: " ") ?? ""] : []))
    }
    table.addRule()
    table.add(
      [
        "total", "", "", Quantity.count(layers.reduce(0) { $0 + $1.macs }), "", "", Quantity.seconds(whole),
        "",
      ] + others.map { Quantity.cost(total[$0] ?? 0, $0) } + (hasBounds ? [""] : []))
    return
      "\(network.name) on \(target.id), batch \(network.batch); MACs of one sample, costs of the batch\n\n"
      + table.text
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
