import Core

/// What one precision costs: a roofline for each family of layers, and a Gaussian process on the logarithm of the rest.
struct PrecisionPredictor: Sendable {
  let precision: Precision
  /// Of families with few layers, that of all layers.
  let rooflines: [LayerRun.Family: Roofline]
  let scaling: FeatureScaling
  let covariance: Covariance
  let observations: [Observation]
  /// By how much the process is less sure than it says, by cross-validation; deviations are this many times its own.
  var widening = 1.0
  /// Factored once, which takes longer than all that is asked of it; nil where it cannot be factored.
  private let process: GaussianProcess?

  /// A family with fewer layers than this has the roofline of all.
  private static let fewestOfFamily = 8

  /// Fits everything to `observations`, whose order must mean nothing.
  init(_ precision: Precision, fitting observations: [Observation]) {
    SymmetricMatrix.useOneThread()
    let rows = observations.map(\.run.features)
    let scaling = FeatureScaling(of: rows)
    let rooflines = Self.rooflines(of: observations, precision)
    let errors = Self.errors(of: observations, rooflines, precision)
    self.init(
      precision, rooflines: rooflines, scaling: scaling,
      covariance: Covariance(fitting: rows.map(scaling.scaled), errors: errors), observations: observations)
  }

  init(
    _ precision: Precision, rooflines: [LayerRun.Family: Roofline], scaling: FeatureScaling,
    covariance: Covariance, observations: [Observation], widening: Double = 1
  ) {
    self.precision = precision
    self.rooflines = rooflines
    self.scaling = scaling
    self.covariance = covariance
    self.observations = observations
    self.widening = widening
    SymmetricMatrix.useOneThread()
    process = GaussianProcess(
      features: observations.map(\.run.features), errors: Self.errors(of: observations, rooflines, precision),
      scaling: scaling, covariance: covariance)
  }

  /// The same with other observations: the kernel as it is, the rooflines fitted anew.
  func refitted(to observations: [Observation]) -> PrecisionPredictor {
    PrecisionPredictor(
      precision, rooflines: Self.rooflines(of: observations, precision), scaling: scaling,
      covariance: covariance,
      observations: observations, widening: widening)
  }

  /// One latency: the logarithm of its median in seconds, and the standard deviation of the logarithm.
  struct Prediction: Hashable, Sendable {
    var logarithm: Double
    var deviation: Double
    /// What the roofline alone says.
    var roofline: Double
  }

  /// In the order of `runs`; nil for a family of which nothing was measured. Nil altogether where the kernel's matrix cannot
  /// be factored.
  func predictions(of runs: [LayerRun]) -> [Prediction?]? {
    SymmetricMatrix.useOneThread()
    let known = runs.filter { rooflines[$0.family] != nil }
    guard let process else { return nil }
    var rest = process.errors(of: known.map(\.features)).makeIterator()
    return runs.map { run in
      guard let roofline = rooflines[run.family]?.logarithm(of: Self.work(of: run, precision)),
        let error = rest.next()
      else { return nil }
      return Prediction(
        logarithm: roofline + error.mean, deviation: error.deviation * widening, roofline: roofline)
    }
  }

  /// The positions of the runs about which it is least sure, each in the light of those before it; none of families of which
  /// nothing was measured.
  func leastSure(_ count: Int, of runs: [LayerRun]) -> [Int] {
    SymmetricMatrix.useOneThread()
    let known = runs.indices.filter { rooflines[runs[$0].family] != nil }
    return process?.leastSure(count, of: known.map { runs[$0].features }).map { known[$0] } ?? []
  }

  private static func errors(
    of observations: [Observation], _ rooflines: [LayerRun.Family: Roofline], _ precision: Precision
  ) -> [Double] {
    observations.map { observation in
      let roofline = rooflines[observation.run.family]?.logarithm(of: work(of: observation.run, precision))
      return observation.logarithm - (roofline ?? 0)
    }
  }

  private static func rooflines(
    of observations: [Observation], _ precision: Precision
  ) -> [LayerRun.Family: Roofline] {
    let measured = observations.map { (run: $0.run, work: work(of: $0.run, precision), latency: $0.latency) }
    let overall = Roofline(fitting: measured.map { ($0.work, $0.latency) })
    return Dictionary(grouping: measured, by: \.run.family).mapValues { family in
      family.count < fewestOfFamily ? overall : Roofline(fitting: family.map { ($0.work, $0.latency) })
    }
  }

  private static func work(of run: LayerRun, _ precision: Precision) -> Roofline.Work {
    let (weight, activation) = (Double(precision.weight.bits) / 8, Double(precision.activation.bits) / 8)
    return Roofline.Work(
      multiplyAccumulates: run.multiplyAccumulates,
      bytes: run.weightCount * weight + (run.inputCount + run.outputCount) * activation)
  }
}
