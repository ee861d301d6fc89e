import HardwareModel

/// Probes every layer, then takes bits where the least sensitivity is lost for the cost saved, step by step.
public struct GreedySearch: SearchMethod {
  public var probeSamples: Int?

  public init(probeSamples: Int? = nil) { self.probeSamples = probeSamples }

  public func leastEvaluations(in environment: Environment, options: SearchOptions) -> Int {
    ProbePlan(environment, probeSamples: probeSamples).leastEvaluations(options)
  }

  public func search(_ log: SearchLog) throws(SearchLog.End) {
    let sensitivity = try ProbePlan(log.environment, probeSamples: probeSamples).run(log)
    _ = try log.measure(Self.policy(log.environment, sensitivity), from: .greedy)
  }

  /// From the widest precisions down, until the budget holds.
  static func policy(_ environment: Environment, _ sensitivity: Sensitivity) -> Policy {
    let (space, metric) = (environment.space, environment.budget.metric)
    var policy = Policy((0..<space.layerCount).map { space.precisions(ofLayer: $0).last! })
    while !environment.budget.admits(policy, in: space) {
      let steps = environment.layers.flatMap { layer in
        space.precisions(ofLayer: layer).compactMap { precision -> Step? in
          let saved =
            space.cost(metric, layer: layer, at: policy[layer])
            - space.cost(metric, layer: layer, at: precision)
          guard saved > 0 else { return nil }
          let lost =
            sensitivity.increase(layer: layer, at: precision)
            - sensitivity.increase(layer: layer, at: policy[layer])
          return Step(layer: layer, precision: precision, lostPerSaved: lost / saved)
        }
      }
      // The budget is feasible, so something can still be saved until it holds.
      let best = steps.min { $0.lostPerSaved < $1.lostPerSaved }!
      policy[best.layer] = best.precision
    }
    return policy
  }

  private struct Step {
    var layer: Int
    var precision: Precision
    var lostPerSaved: Double
  }
}
