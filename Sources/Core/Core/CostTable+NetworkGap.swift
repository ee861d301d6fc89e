/// What a network costs beside what its layers add up to.
extension CostTable {
  /// By metric, the cost of the network under `policy` beside what its layers cost alone; none for metrics whose total is just
  /// that sum, and where latencies are raised to a probability.
  ///
  /// - Parameter totals: What the network costs, which the table may have had to ask the target for.
  public func networkGaps(of policy: Policy, totals: [Metric: Double]) -> [Metric: NetworkGap] {
    totals.reduce(into: [:]) { gaps, total in
      gaps[total.key] = sumOfLayers(total.key, of: policy).map {
        NetworkGap(network: total.value, sumOfLayers: $0)
      }
    }
  }

  /// What the layers alone add up to, where the network's cost is another; nil elsewhere.
  private func sumOfLayers(_ metric: Metric, of policy: Policy) -> Double? {
    if aggregates[metric] == .network { return layerSum(metric, of: policy) }
    return metric == .latency ? latencyOfLayersAlone(of: policy) : nil
  }
}
