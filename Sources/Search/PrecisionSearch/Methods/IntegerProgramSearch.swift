/// Probes every layer, then solves for the best policy: one policy measured, none tried in vain.
public struct IntegerProgramSearch: SearchMethod {
  /// Images of each probe; nil spends half of the evaluations, but at most 256 images a probe.
  public var probeSamples: Int?

  public init(probeSamples: Int? = nil) { self.probeSamples = probeSamples }

  public func leastEvaluations(in problem: SearchProblem, options: SearchOptions) -> Int {
    ProbePlan(problem, probeSamples: probeSamples).leastEvaluations(options)
  }

  public func search(_ log: SearchLog) throws(SearchLog.End) {
    let sensitivity = try ProbePlan(log.problem, probeSamples: probeSamples).run(log)
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
      throw .failed(error)
    }
  }
}
