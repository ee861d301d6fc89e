/// How many images a search spends on each sensitivity measurement.
struct SensitivityPlan {
  /// Sixteen images already order most layers; more than this adds little.
  private static let least = 16
  private static let most = 256
  /// Measurements on the same images that an estimate takes as long as.
  static let passesOfEstimate = 16

  private let problem: SearchProblem
  private let measurements: SensitivityMeasurements
  private let chosen: Int?
  private let source: SensitivitySource

  /// - Parameter sensitivitySamples: What the user wants; nil leaves it to the plan.
  init(_ problem: SearchProblem, sensitivitySamples: Int?, from source: SensitivitySource) {
    self.problem = problem
    measurements = SensitivityMeasurements(problem)
    chosen = sensitivitySamples
    self.source = source
  }

  /// What counts by its images, at most.
  private var mostPasses: Int {
    switch source {
    case .measured: measurements.count
    case .estimated: Self.passesOfEstimate + measurements.mostRefinements
    }
  }

  /// Enough for the sensitivity measurements, and for one policy after them.
  func leastEvaluations(_ options: SearchOptions) -> Int {
    let images = mostPasses * (chosen ?? Self.least)
    return options.samples.map { (images + $0 - 1) / $0 + 1 } ?? 2
  }

  func run(_ log: SearchLog) throws(SearchLog.End) -> Sensitivity {
    let affordable = log.imagesPerEvaluation * log.options.evaluations / 2 / mostPasses
    let samples = min(chosen ?? min(max(affordable, Self.least), Self.most), log.imagesPerEvaluation)
    let sensitivity =
      switch source {
      case .measured: try measurements.measure(log, samples: samples)
      case .estimated: try measurements.estimate(log, samples: samples)
      }
    log.keep(sensitivity)
    return sensitivity
  }
}
