import Agents
import HardwareModel

/// Random widths, lowered into the budget: what every other method must beat.
public struct RandomSearch: SearchMethod {
  public init() {}

  public func search(_ log: SearchLog) throws(SearchLog.End) {
    let space = log.environment.space
    let sweep = BudgetSweep(space, budget: log.environment.budget)
    var generator = RandomSource(seed: log.options.seed)
    while true {
      let policy = Policy(
        (0..<space.layerCount).map { space.precisions(ofLayer: $0).randomElement(using: &generator)! })
      _ = try log.measure(sweep.lowered(policy), from: .random)
    }
  }
}
