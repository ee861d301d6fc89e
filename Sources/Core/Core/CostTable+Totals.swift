/// What the network costs under a policy.
extension CostTable {
  /// The cost of the network under `policy`; nil when the target does not state the metric or cannot run some layer.
  ///
  /// Throws when the target fails to say what the network costs, where only it can. A table that was read from a file has
  /// no target to ask, and then such a cost is nil.
  public func total(_ metric: Metric, of policy: Policy) throws(NetworkCostFailure) -> Double? {
    try aggregates[metric] == .network
      ? networkTotals(metric, of: [policy])[0] : layerTotal(metric, of: policy)
  }

  /// The same for many policies, which a target that is asked about whole networks answers at once.
  public func totals(_ metric: Metric, of policies: [Policy]) throws(NetworkCostFailure) -> [Double?] {
    try aggregates[metric] == .network
      ? networkTotals(metric, of: policies) : policies.map { layerTotal(metric, of: $0) }
  }

  /// The cost of the network under `policy` by every metric that has one.
  public func totals(of policy: Policy) throws(NetworkCostFailure) -> [Metric: Double] {
    var totals: [Metric: Double] = [:]
    for metric in aggregates.keys { totals[metric] = try total(metric, of: policy) }
    return totals
  }

  /// What the layers tell of the network's cost; nil when the target cannot run some layer, or only the target can say.
  private func layerTotal(_ metric: Metric, of policy: Policy) -> Double? {
    switch aggregates[metric] {
    case nil, .network: return nil
    case .sum: return layerSum(metric, of: policy)
    case .max: return combined(metric, of: policy, by: Swift.max)
    case .peak:
      let isRunnable = policy.precisions.indices.allSatisfy { costedAs(policy[$0], layer: $0) != nil }
      return isRunnable ? activationMemory.map { Double($0.peak(policy)) } : nil
    }
  }

  private func networkTotals(
    _ metric: Metric, of policies: [Policy]
  ) throws(NetworkCostFailure) -> [Double?] {
    let runnable = policies.indices.filter { layerSum(metric, of: policies[$0]) != nil }
    let costedAs = runnable.map { index in
      Policy(policies[index].precisions.enumerated().map { self.costedAs($1, layer: $0)! })
    }
    var totals = [Double?](repeating: nil, count: policies.count)
    guard let costs = try networkCosts?.costs(of: costedAs) else { return totals }
    for (index, cost) in zip(runnable, costs) { totals[index] = cost[metric] }
    return totals
  }

  /// What the costs of the layers under `policy` add up to, whatever the network costs; nil when the target cannot
  /// run some layer.
  public func layerSum(_ metric: Metric, of policy: Policy) -> Double? { combined(metric, of: policy, by: +) }

  /// What the layers take by themselves, added up, in seconds; nil where latencies are just that, or the target cannot run
  /// some layer.
  public func latencyOfLayersAlone(of policy: Policy) -> Double? {
    guard let latenciesAlone, confidence == nil else { return nil }
    var total = 0.0
    for layer in policy.precisions.indices {
      let output = outputWidth(ofLayer: layer, under: policy)
      guard let cell = cell(layer: layer, at: policy[layer], output: output), let alone = latenciesAlone[cell]
      else { return nil }
      total += alone
    }
    return total
  }

  private func combined(
    _ metric: Metric, of policy: Policy, by combine: (Double, Double) -> Double
  ) -> Double? {
    var total = 0.0
    for layer in policy.precisions.indices {
      guard let cost = cost(metric, layer: layer, under: policy) else { return nil }
      total = combine(total, cost)
    }
    return total
  }
}
