import Core
import Foundation
public import PrecisionSearch
import Rendering

/// What a search may choose and its limits, printed before it starts.
public struct BudgetLines {
  private let problem: SearchProblem

  public init(_ problem: SearchProblem) { self.problem = problem }

  /// On standard error, one line for each limit and for what is minimised.
  public func write() throws {
    for note in problem.space.notes { Messages.note(note) }
    for line in try lines() { StandardError.write(line + "\n") }
  }

  private func lines() throws -> [String] {
    let space = problem.space
    var lines = problem.budgets.map { budget in
      let (metric, reference) = (budget.metric, budget.comparison)
      return
        "\(space.title(of: budget.resource)): at most "
        + "\(Quantity.cost(budget.limit, metric, beside: reference)); the least reachable is "
        + Quantity.cost(budget.minimum, metric, beside: reference)
    }
    if case .cost(let resource, let drop) = problem.objective, let least = try space.minimum(of: resource) {
      let points = String(format: "%g", drop * 100)
      lines.append(
        "\(space.title(of: resource)): as little as at most \(points) points of accuracy allow; the least reachable is "
          + Quantity.cost(least, resource.metric))
    }
    return lines
  }
}
