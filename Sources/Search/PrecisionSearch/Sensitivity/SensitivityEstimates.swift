import Core
import Evaluation
import RandomNumbers

extension SensitivityMeasurements {
  /// Measurements that may correct estimates: a sixteenth of all, and at least eight.
  var mostRefinements: Int { max(8, narrowings.count / 16) }

  /// The evaluator's estimates, with measurements in place of those that the solution depends on.
  ///
  /// An estimate is off by some factor. So the program is solved for the estimates, and again for estimates that are
  /// varied at random by as much as they may be off. Where all solutions give an operand one width, a measurement could
  /// change nothing. The widths of the others are measured, those of the most divided operands first, and what is
  /// known then corrects the estimates of the rest (`EstimateCorrection`). This is repeated until nothing is open, or
  /// the measurements are spent.
  func estimate(_ log: SearchLog, samples: Int) throws(SearchLog.End) -> Sensitivity {
    let base = try measureWidest(log, samples: samples, planned: 1 + mostRefinements, estimating: narrowings)
    guard let estimates = base.estimatedIncreases, base.divergence != nil else {
      throw .failed(PrecisionSearchError.noEstimates)
    }
    let estimated = Dictionary(uniqueKeysWithValues: zip(narrowings, estimates))
    var measured: [Narrowing: Double] = [:]
    while true {
      let correction = EstimateCorrection(measured.map { (estimated[$0.key] ?? 0, $0.value) })
      let sensitivity = sensitivity(.estimatedDivergence) {
        measured[$0] ?? correction.value(estimated[$0] ?? 0)
      }
      let open = try open(sensitivity, log.options.seed).filter { measured[$0] == nil }
      let next = open.prefix(mostRefinements - measured.count)
      guard !next.isEmpty else { return sensitivity }
      log.expectSensitivityMeasurements(next.map(policy(of:)), samples: samples)
      for narrowing in next {
        measured[narrowing] = try increase(
          narrowing, above: base, log, samples: samples, planned: 1 + mostRefinements)
      }
    }
  }

  /// Solutions that are compared with the first, and the standard deviation of the logarithms of the factors that
  /// sensitivities are varied by for them.
  private static let variations = 8
  private static let sigma = 0.5

  /// Narrowings that some solutions have and others do not, those of the most divided operands first.
  private func open(_ sensitivity: Sensitivity, _ seed: UInt64) throws(SearchLog.End) -> [Narrowing] {
    let program = PrecisionProgram(problem, sensitivity: sensitivity)
    var generator = RandomSource(seed: seed)
    var counts: [Narrowing: Int] = [:]
    for solution in 0...Self.variations {
      let variation = Variation(layerCount: problem.space.layerCount)
        .varied(by: solution == 0 ? 0 : Self.sigma, using: &generator)
      let policy = try program.solved(factor: variation.factor).policy
      for narrowing in narrowings where policy.has(narrowing) { counts[narrowing, default: 0] += 1 }
    }
    let all = Self.variations + 1
    // A count of half is the most divided; the order of listing decides among equals.
    return narrowings.enumerated().filter { (1..<all).contains(counts[$0.element] ?? 0) }.sorted {
      let (one, other) = (counts[$0.element] ?? 0, counts[$1.element] ?? 0)
      let (first, second) = (min(one, all - one), min(other, all - other))
      return first != second ? first > second : $0.offset < $1.offset
    }.map(\.element)
  }
}

extension Policy {
  /// Whether the first layer of a narrowing has its width.
  fileprivate func has(_ narrowing: Narrowing) -> Bool {
    let precision = self[narrowing.layers[0]]
    return (narrowing.operand == .weight ? precision.weight : precision.activation) == narrowing.width
  }
}
