/// Measures the sensitivity of every layer, then solves for the best policy; measures exactly one policy.
public struct IntegerProgramSearch: SearchMethod {
  /// Images of each sensitivity measurement; nil spends half of the evaluations, but at most 256 images on each.
  public var sensitivitySamples: Int?
  public var sensitivitySource: SensitivitySource

  public init(sensitivitySamples: Int? = nil, from source: SensitivitySource = .measured) {
    self.sensitivitySamples = sensitivitySamples
    sensitivitySource = source
  }

  public func leastEvaluations(in problem: SearchProblem, options: SearchOptions) -> Int {
    plan(problem).leastEvaluations(options)
  }

  private func plan(_ problem: SearchProblem) -> SensitivityPlan {
    SensitivityPlan(problem, sensitivitySamples: sensitivitySamples, from: sensitivitySource)
  }

  public func search(_ log: SearchLog) throws(SearchLog.End) {
    let sensitivity = try plan(log.problem).run(log)
    let solution = try PrecisionProgram(log.problem, sensitivity: sensitivity).solved()
    _ = try log.measure(solution.policy, from: .integerProgram)
  }
}

extension PrecisionProgram {
  /// `solve`, as a method of a search needs it.
  func solved(
    costing cost: Double? = nil, factor: (_ layer: Int, _ role: Role) -> Double = { _, _ in 1 }
  ) throws(SearchLog.End) -> Solution {
    do {
      return try solve(costing: cost, factor: factor)
    } catch {
      throw SearchLog.End(error)
    }
  }
}
