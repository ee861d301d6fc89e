import Core
import Synchronization

/// Latency = (layer + 1) x weight bits, energy = weight bits x activation bits; 4-bit activations of layer 1 cannot run.
struct HandModel: CostModel {
  func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
    points.map { point in
      let (weight, activation) = (point.precision.weight.bits, point.precision.activation.bits)
      if point.layer == 1, activation == 4 { return .unsupported }
      return .cost(
        Cost(values: [
          .latency: Double((point.layer + 1) * weight), .energy: Double(weight * activation),
          .bufferBytes: Double(100 * (point.layer + 1) * weight),
        ]))
    }
  }
}

/// Twice the weight bits of all layers, as long as it works; counts how often it is asked.
final class WholeModel: NetworkCostModel {
  struct Broken: Error, CustomStringConvertible {
    var description: String { "the model broke" }
  }

  private let state = Mutex((asked: 0, isBroken: false))

  var asked: Int { state.withLock { $0.asked } }

  func breakDown() { state.withLock { $0.isBroken = true } }

  func costs(of policies: [Policy]) throws -> [Cost] {
    try state.withLock { state in
      state.asked += 1
      if state.isBroken { throw Broken() }
      return policies.map { policy in
        Cost(values: [.latency: 2 * policy.precisions.reduce(0) { $0 + Double($1.weight.bits) }])
      }
    }
  }
}

enum Tables {
  static let network = Network(
    name: "two", batch: 3,
    layers: [
      Layer(name: "a", kind: .fullyConnected, inputChannels: 4, outputChannels: 2),
      Layer(name: "b", kind: .fullyConnected, inputChannels: 2, outputChannels: 5),
    ])

  static let widths = [2, 4, 8].compactMap(BitWidth.init)

  static func table(
    _ aggregates: [Metric: Metric.Aggregate], rules: WidthRules = WidthRules(),
    networkModel: (any NetworkCostModel)? = nil
  ) throws -> CostTable {
    try CostTable(
      of: network, from: HandModel(), weightWidths: widths, activationWidths: widths, widthRules: rules,
      aggregates: aggregates, provenance: .withoutHardware("by hand"), networkModel: networkModel)
  }

  /// `W2A8` for the first layer, `W4A8` for the second, and so on.
  static func policy(_ precisions: String...) -> Policy { Policy(precisions.compactMap(Precision.init)) }
}
