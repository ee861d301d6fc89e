internal import CHAQPlugin
public import Core
internal import Synchronization

extension PluginCostModel {
  /// The costs of `network` as a whole (`haq.network/1`); nil when no metric asks for them.
  ///
  /// Holds an instance from the first question on. Where libraries have one instance at a time, as in a sandbox, this
  /// model must not be asked anything else from then on.
  public func networkCosts(of network: Network) -> (any NetworkCostModel)? {
    networkMetrics.isEmpty ? nil : PluginNetworkCosts(model: self, network: network)
  }
}

/// One network on one target, asked policy by policy; trusts no cell that the library wrote.
private final class PluginNetworkCosts: NetworkCostModel {
  private let model: PluginCostModel
  private let network: Network
  /// Absent before the first question.
  private let instance = Mutex<(any ModelInstance)?>(nil)

  init(model: PluginCostModel, network: Network) {
    self.model = model
    self.network = network
  }

  func costs(of policies: [Policy]) throws -> [Cost] {
    let perCall = max(1, PluginCostModel.pointLimit / max(1, network.layers.count))
    var costs: [Cost] = []
    for start in stride(from: 0, to: policies.count, by: perCall) {
      let batch = Array(policies[start..<min(start + perCall, policies.count)])
      let points = batch.map(points)
      try model.requireFormats(of: points.joined())
      let raw = try instance.withLock { instance in
        let current = try instance ?? model.instance(for: network)
        instance = current
        return try current.networkColumns(of: model.networkMetrics, for: points)
      }
      costs += try self.costs(from: raw, of: batch)
    }
    return costs
  }

  private func points(of policy: Policy) -> [Point] {
    policy.precisions.enumerated().map { layer, precision in
      Point(
        layer: layer, precision: precision,
        output: model.usesOutputWidths ? network.outputWidth(ofLayer: layer, under: policy) : nil)
    }
  }

  /// The costs in raw columns, or the fault that they have (H-32, H-23).
  private func costs(from raw: RawColumns, of policies: [Policy]) throws(PluginError) -> [Cost] {
    var costs: [Cost] = []
    for (index, policy) in policies.enumerated() {
      switch raw.status[index] {
      case HAQ_POINT_OK: break
      case .max: throw fault(policy, column: "status", "was not set")
      case let other: throw fault(policy, column: "status", "is \(other), but must be HAQ_POINT_OK")
      }
      var cost = Cost(values: [:])
      for (position, metric) in raw.metrics.enumerated() {
        let value = raw.cells[position * policies.count + index]
        guard value >= 0, value <= CellCheck.largest else {
          throw fault(policy, column: metric.rawValue, CellCheck.problem(with: value))
        }
        // Adding positive zero turns negative zero into it and changes nothing else.
        cost[metric] = value + 0
      }
      costs.append(cost)
    }
    return costs
  }

  private func fault(_ policy: Policy, column: String, _ problem: String) -> PluginError {
    .networkFault(
      plugin: model.title, network: network.name, policy: policy.widthsText, column: column, problem: problem)
  }
}

extension Policy {
  /// `every layer at W4A8`, or how it begins.
  fileprivate var widthsText: String {
    if Set(precisions).count == 1 { return "every layer at \(precisions[0])" }
    let shown = precisions.prefix(4).map(\.description).joined(separator: ", ")
    return "layers at \(shown)" + (precisions.count > 4 ? " and \(precisions.count - 4) more" : "")
  }
}
