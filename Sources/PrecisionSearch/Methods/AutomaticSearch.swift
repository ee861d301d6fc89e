import Agents
import HardwareModel

/// Probes, solves, and spends what is left on looking around the solution.
///
/// Around it means: sensitivities that are varied at random, and solved for again, so that every policy measured
/// uses the whole budget. The centre moves to the best policy found. What adds up in the program does not quite
/// add up in the network, and this finds some of the difference.
public struct AutomaticSearch: SearchMethod {
  public var probeSamples: Int?
  private var known: Sensitivity?
  /// Standard deviation of the logarithms of the factors that sensitivities are varied by.
  var sigma = Variation.sigma

  /// Proposals in a row that lead to policies already known before the search ends.
  private static let patience = 50

  public init(probeSamples: Int? = nil) { self.probeSamples = probeSamples }

  /// For another budget of the same network: nothing is probed again.
  public init(knowing sensitivity: Sensitivity) { known = sensitivity }

  public func leastEvaluations(in environment: Environment, options: SearchOptions) -> Int {
    known == nil ? ProbePlan(environment, probeSamples: probeSamples).leastEvaluations(options) : 1
  }

  public func search(_ log: SearchLog) throws(SearchLog.End) {
    let sensitivity =
      if let known { known } else { try ProbePlan(log.environment, probeSamples: probeSamples).run(log) }
    let program = PrecisionProgram(log.environment, sensitivity: sensitivity)
    _ = try log.measure(program.solved().policy, from: .integerProgram)

    var generator = RandomSource(seed: log.options.seed)
    let layerCount = log.environment.space.layerCount
    var center = Variation(layerCount: layerCount)
    var misses = 0
    while misses < Self.patience {
      let variation = center.varied(by: sigma, using: &generator)
      let policy = try program.solved(factor: variation.factor).policy
      guard !log.knows(policy) else {
        misses += 1
        continue
      }
      misses = 0
      if try log.measure(policy, from: .varied(sigma: sigma), for: .keeping).isBest { center = variation }
    }
  }
}
