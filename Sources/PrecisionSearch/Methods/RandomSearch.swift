import Agents
import HardwareModel

/// Random widths, lowered into the budgets: what every other method must beat.
public struct RandomSearch: SearchMethod {
  /// Policies known ahead: enough for many evaluators, and so many whether there are several or one.
  private static let announced = 32

  public init() {}

  public func search(_ log: SearchLog) throws(SearchLog.End) {
    let space = log.environment.space
    let sweep = BudgetSweep(space, budgets: log.environment.budgets)
    var generator = RandomSource(seed: log.options.seed)
    var next: [Policy] = []
    while true {
      while next.count < min(Self.announced, max(1, log.remaining)) {
        next.append(sweep.lowered(space.randomPolicy(using: &generator)))
      }
      log.expect(next, for: .keeping)
      _ = try log.measure(next.removeFirst(), from: .random, for: .keeping)
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
