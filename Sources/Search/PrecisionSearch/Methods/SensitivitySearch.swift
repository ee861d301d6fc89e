/// Measures the sensitivity of every layer, and no policy within the budgets.
public struct SensitivitySearch: SearchMethod {
  /// Images of each sensitivity measurement; at most those of an evaluation.
  public var samples: Int
  public var source: SensitivitySource

  public init(samples: Int, from source: SensitivitySource = .measured) {
    (self.samples, self.source) = (samples, source)
  }

  public func search(_ log: SearchLog) throws(SearchLog.End) {
    _ = try SensitivityPlan(log.problem, sensitivitySamples: samples, from: source).run(log)
  }
}
