import Agents
import HardwareModel
import IntegerPrograms

/// Probes, finds the least cost at which the exact solution keeps the accuracy, and looks around it for less.
///
/// For `Objective.cost`. The exact solutions for ever tighter limits on the cost are measured by bisection; then
/// sensitivities are varied as `AutomaticSearch` does, each time for a little less than the cheapest policy so far.
public struct CheapestSearch: SearchMethod {
  public var probeSamples: Int?

  /// Bisection ends when it knows the cost to this share.
  private static let resolution = 0.01
  /// The share by which the next policy must be cheaper, at first and at last.
  private static let steps = (first: 0.02, last: 0.001)
  /// Failures in a row before the next policy need only save half as much.
  private static let patience = 6
  /// Proposals in a row that lead to no new policy before the search ends.
  private static let misses = 50

  public init(probeSamples: Int? = nil) { self.probeSamples = probeSamples }

  public func leastEvaluations(in environment: Environment, options: SearchOptions) -> Int {
    ProbePlan(environment, probeSamples: probeSamples).leastEvaluations(options)
  }

  public func search(_ log: SearchLog) throws(SearchLog.End) {
    let sensitivity = try ProbePlan(log.environment, probeSamples: probeSamples).run(log)
    let program = PrecisionProgram(log.environment, sensitivity: sensitivity)
    let cost = try bisect(log, program)
    try refine(log, program, below: cost)
  }

  /// The least cost found at which a solution keeps the accuracy, or that of the most accurate solution.
  private func bisect(_ log: SearchLog, _ program: PrecisionProgram) throws(SearchLog.End) -> Double {
    let most = try log.measure(program.solved().policy, from: .integerProgram).measured
    var high = most.cost
    guard log.keepsAccuracy(most) else { return high }
    var low = log.environment.space.minimum(of: log.environment.resource) ?? 0
    while high - low > Self.resolution * high {
      let middle = (low + high) / 2
      guard let policy = try policy(program, costing: middle) else {
        low = middle
        continue
      }
      let measured = try log.measure(policy, from: .integerProgram).measured
      if log.keepsAccuracy(measured) { high = min(middle, measured.cost) } else { low = middle }
    }
    return high
  }

  private func refine(
    _ log: SearchLog, _ program: PrecisionProgram, below cost: Double
  ) throws(SearchLog.End) {
    var generator = RandomSource(seed: log.options.seed)
    var center = Variation(layerCount: log.environment.space.layerCount)
    var (least, step, failures, misses) = (cost, Self.steps.first, 0, 0)
    while misses < Self.misses {
      let variation = center.varied(by: Variation.sigma, using: &generator)
      guard let policy = try policy(program, costing: least * (1 - step), variation), !log.knows(policy)
      else {
        misses += 1
        continue
      }
      misses = 0
      let measured = try log.measure(policy, from: .varied(sigma: Variation.sigma)).measured
      if log.keepsAccuracy(measured) {
        (center, least, failures) = (variation, min(least, measured.cost), 0)
      } else {
        failures += 1
        if failures % Self.patience == 0 { step = max(step / 2, Self.steps.last) }
      }
    }
  }

  /// Nil when nothing so cheap is within the budgets.
  private func policy(
    _ program: PrecisionProgram, costing cost: Double, _ variation: Variation? = nil
  ) throws(SearchLog.End) -> Policy? {
    do {
      return try program.solve(costing: cost) { variation?.factor(layer: $0, role: $1) ?? 1 }.policy
    } catch .infeasible {
      return nil
    } catch {
      throw .failed(error)
    }
  }
}
