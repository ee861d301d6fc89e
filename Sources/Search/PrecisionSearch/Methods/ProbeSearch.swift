/// Probes every layer, and measures no policy: for whoever wants the sensitivities alone.
public struct ProbeSearch: SearchMethod {
  /// Images of each probe; at most those of an evaluation.
  public var samples: Int

  public init(samples: Int) { self.samples = samples }

  public func search(_ log: SearchLog) throws(SearchLog.End) {
    _ = try ProbePlan(log.problem, probeSamples: samples).run(log)
  }
}
