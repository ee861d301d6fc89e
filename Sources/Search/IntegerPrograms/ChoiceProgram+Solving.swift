extension ChoiceProgram {
  /// A solution of least penalty, or the best one found within the time.
  ///
  /// - Parameter seconds: When to stop the search for a better one; its `gap` then bounds what may be missing.
  /// - Throws: `infeasible` when no choice keeps within the limits; `unsolved` when none was found in time.
  public func solve(seconds: Double = 60) throws(IntegerProgramError) -> Solution {
    let undominated = groups.indices.map(undominated)
    // The cheapest options of groups that restrict each other need not go together, so that the bound seldom leads to a
    // solution.
    let kept =
      (!isCoupled ? LagrangianBound(self, kept: undominated).candidates() : nil) ?? undominated
    let first = try SolverModel(self, kept: kept, limits: limits).solve(seconds: seconds)
    let admitted = try admitted(first, kept: kept, seconds: seconds)
    let penalty = penalty(of: admitted)
    // What the solver took for within the limits has at least all that is within them.
    return Solution(choices: admitted, penalty: penalty, bound: min(first.bound, penalty))
  }

  /// The solver's answer where it is exactly within the limits, else the best one near it that is.
  ///
  /// The solver takes a sum for within a limit when it is above it by its tolerance, a ten-millionth. Where that happens
  /// the limit is lowered, by more each time, since there may be any number of choices within the tolerance.
  private func admitted(
    _ first: SolverModel.Answer, kept: [[Int]], seconds: Double
  ) throws(IntegerProgramError) -> [Int] {
    var choices = zip(kept, first.choices).map { $0[$1] }
    var tightened = limits
    var least = 1e-12
    while !admits(choices), least < Self.mostTightening {
      for (index, used) in uses(of: choices).enumerated() where used > limits[index] {
        tightened[index] -= max(2 * (used - limits[index]), limits[index] * least)
      }
      least *= 8
      do {
        let answer = try SolverModel(self, kept: kept, limits: tightened).solve(seconds: seconds)
        choices = zip(kept, answer.choices).map { $0[$1] }
      } catch .infeasible {
        break
      }
    }
    if admits(choices) { return choices }
    // Nothing is far enough below the limits, so what keeps them is found without the solver.
    guard let near = LagrangianBound(self, kept: kept).solution() else {
      throw .unsolved("the solver's sums differ from exact ones near the limits")
    }
    return near
  }

  /// As a share of a limit, well above the solver's tolerance.
  private static let mostTightening = 1e-5
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
