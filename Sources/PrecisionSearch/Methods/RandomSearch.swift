import Agents
import HardwareModel

/// Random widths, lowered into the budgets: what every other method must beat.
public struct RandomSearch: SearchMethod {
  public init() {}

  public func search(_ log: SearchLog) throws(SearchLog.End) {
    let space = log.environment.space
    let sweep = BudgetSweep(space, budgets: log.environment.budgets)
    var generator = RandomSource(seed: log.options.seed)
    while true {
      let policy = space.randomPolicy(using: &generator)
      _ = try log.measure(sweep.lowered(policy), from: .random, for: .keeping)
    }
  }
}

extension SearchSpace {
  /// Every layer at one of the precisions that it may have, each equally likely; coupled ones as their first layer.
  func randomPolicy(using generator: inout RandomSource) -> Policy {
    let policy = Policy((0..<layerCount).map { precisions(ofLayer: $0).randomElement(using: &generator)! })
    return couplings.sets.reduce(policy) { setting($1[0], to: $0[$1[0]], in: $0) }
  }
}
