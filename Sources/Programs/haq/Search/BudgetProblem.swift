import Core
import Diagnostics
import Foundation
import PrecisionSearch
import Rendering

/// What is wrong with the limits of a search, in the units that people use.
struct BudgetProblem {
  let error: PrecisionSearchError
  let space: SearchSpace

  /// One diagnostic for each problem.
  var diagnostics: Diagnostics { Diagnostics(Self.diagnostics(of: error, space, target: nil)) }

  private static func diagnostics(
    of error: PrecisionSearchError, _ space: SearchSpace, target: String?
  ) -> [Diagnostic] {
    let place = target.map { " on \($0)" } ?? ""
    switch error {
    case .several(let problems):
      return problems.flatMap { diagnostics(of: $0, space, target: target) }
    case .onTarget(let target, let error):
      return diagnostics(of: error, space, target: target)
    case .infeasible(let metric, let limit, let minimum, let eightBit):
      return [
        Diagnostic(
          "\(metric.title)\(place) cannot be \(Quantity.cost(limit, metric)) or less; the least reachable is "
            + "\(Quantity.cost(minimum, metric))\(share(minimum, of: eightBit)).")
      ]
    case .notFound(let metric, let limit, let least, let tried, let eightBit):
      return [
        Diagnostic(
          "\(metric.title)\(place) of \(Quantity.cost(limit, metric)) or less was not found: the least of "
            + "\(tried) policies is \(Quantity.cost(least, metric))\(share(least, of: eightBit)).",
          hint:
            "They began with every layer at its fewest bits and changed one layer at a time. Costs of layers do "
            + "not add up on this target, so that is no proof that there is no such policy.")
      ]
    case .networkFailed(let reason): return [Diagnostic(reason)]
    case .conflict(let limits):
      let parts = limits.map { limit in
        let budget = limit.budget
        let place =
          space.tables.count > 1 ? " on \(space.tables[budget.resource.target].provenance.target)" : ""
        let least = Quantity.cost(limit.leastBesideOthers, budget.metric)
        return
          "\(budget.metric.title)\(place) of at most \(Quantity.cost(budget.limit, budget.metric)) (within the "
          + "others the least is \(least)\(share(limit.leastBesideOthers, of: budget.eightBit)))"
      }
      return [
        Diagnostic(
          "each of these limits can be met, but no policy meets them together: "
            + parts.joined(separator: "; ") + ".",
          hint: "Raise one of them to the least stated, or more.")
      ]
    default: return [Diagnostic("\(error)\(place).")]
    }
  }

  private static func share(_ cost: Double, of eightBit: Double?) -> String {
    eightBit.map { $0 > 0 ? String(format: " (%.3fx of uniform 8 bit)", cost / $0) : "" } ?? ""
  }
}

extension Metric {
  /// As people write it: `weight bytes`.
  var title: String { key.replacing("_", with: " ") }
}
