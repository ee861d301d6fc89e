/// How many images a search spends on each sensitivity measurement.
struct SensitivityPlan {
  /// Sixteen images already order most layers; more than this adds little.
  private static let least = 16
  private static let most = 256

  private let problem: SearchProblem
  private let measurements: SensitivityMeasurements
  private let chosen: Int?

  /// - Parameter sensitivitySamples: What the user wants; nil leaves it to the plan.
  init(_ problem: SearchProblem, sensitivitySamples: Int?) {
    self.problem = problem
    measurements = SensitivityMeasurements(problem)
    chosen = sensitivitySamples
  }

  /// Enough for the sensitivity measurements, and for one policy after them.
  func leastEvaluations(_ options: SearchOptions) -> Int {
    let images = measurements.count * (chosen ?? Self.least)
    return options.samples.map { (images + $0 - 1) / $0 + 1 } ?? 2
  }

  func run(_ log: SearchLog) throws(SearchLog.End) -> Sensitivity {
    let affordable = log.imagesPerEvaluation * log.options.evaluations / 2 / measurements.count
    let samples = chosen ?? min(max(affordable, Self.least), Self.most)
    let sensitivity = try measurements.measure(log, samples: min(samples, log.imagesPerEvaluation))
    log.keep(sensitivity)
    return sensitivity
  }
}
