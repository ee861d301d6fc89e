/// How many images a search spends on each probe.
struct ProbePlan {
  /// Sixteen images already order most layers; more than this adds little.
  private static let least = 16
  private static let most = 256

  private let problem: SearchProblem
  private let probes: SensitivityProbes
  private let chosen: Int?

  /// - Parameter probeSamples: What the user wants; nil leaves it to the plan.
  init(_ problem: SearchProblem, probeSamples: Int?) {
    self.problem = problem
    probes = SensitivityProbes(problem)
    chosen = probeSamples
  }

  /// Enough for the probes, and for one policy after them.
  func leastEvaluations(_ options: SearchOptions) -> Int {
    let images = probes.count * (chosen ?? Self.least)
    return options.samples.map { (images + $0 - 1) / $0 + 1 } ?? 2
  }

  func run(_ log: SearchLog) throws(SearchLog.End) -> Sensitivity {
    let affordable = log.imagesPerEvaluation * log.options.evaluations / 2 / probes.count
    let samples = chosen ?? min(max(affordable, Self.least), Self.most)
    let sensitivity = try probes.measure(log, samples: min(samples, log.imagesPerEvaluation))
    log.keep(sensitivity)
    return sensitivity
  }
}
