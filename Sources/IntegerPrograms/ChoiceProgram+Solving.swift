extension ChoiceProgram {
  /// A solution of least penalty, or the best one found within the time.
  ///
  /// - Parameter seconds: When to stop looking for a better one; its `gap` then tells what may be missing.
  /// - Throws: `infeasible` when no choice keeps within the limits; `unsolved` when none was found in time.
  public func solve(seconds: Double = 60) throws(IntegerProgramError) -> Solution {
    let undominated = groups.indices.map(undominated)
    // The cheapest options of linked groups need not be of one kind, so that the bound seldom leads to a solution.
    let kept =
      (links.isEmpty ? LagrangianBound(self, kept: undominated).candidates() : nil) ?? undominated
    // The solver takes a sum for within a limit when it is above it by its tolerance. Where that happens, the limit is
    // lowered by a little more than the excess.
    var tightened = limits
    for _ in 0..<8 {
      let answer = try SolverModel(self, kept: kept, limits: tightened).solve(seconds: seconds)
      let choices = zip(kept, answer.choices).map { $0[$1] }
      if admits(choices) {
        let penalty = penalty(of: choices)
        return Solution(choices: choices, penalty: penalty, bound: min(answer.bound, penalty))
      }
      for (index, used) in uses(of: choices).enumerated() where used > limits[index] {
        tightened[index] -= max(2 * (used - limits[index]), limits[index] * 1e-12)
      }
    }
    throw .unsolved("the solver's sums differ from exact ones near the limits")
  }
}

/// Why a program has no solution to give.
public enum IntegerProgramError: Error, Hashable {
  case infeasible
  case unsolved(String)
}

extension IntegerProgramError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .infeasible: "no choice keeps within all limits"
    case .unsolved(let reason): "the integer program was not solved: \(reason)"
    }
  }
}
