public import Core
public import CostPrograms
import CostTables
import Predictors

/// A measurement that chooses its layers: next come those about which a predictor of the layers so far is least sure, until it
/// predicts well enough (docs/predictor.md).
///
/// The first layers are random. They are a fair sample of all, whatever is chosen later, so the error is judged on them alone,
/// each predicted without its shape. Choices follow from the seed and the answers: a run that was ended makes them again from
/// what is recorded.
public struct ActivePlan: Sendable {
  /// What is measured in any case.
  public let base: MeasuringPlan
  /// What may be measured, in random order.
  public let candidates: [Layer]
  /// The error to reach, as a share.
  public let goal: Double

  /// Random layers at the beginning, of which the error is the mean.
  public static let sampleCount = 40
  /// A round adds at least this number of layers, and a quarter of what there is.
  static let fewestOfRound = 10

  /// - Parameters:
  ///   - base: Layers that are measured in any case, such as those of networks; at all precisions of interest.
  ///   - count: How many random layers there are to choose from.
  public init(_ base: MeasuringPlan, choosingFrom count: Int, _ source: RandomLayers, until goal: Double) {
    self.base = base
    self.goal = goal
    var all = base
    all.addRandom(count, from: source)
    candidates = Array(all.layers.dropFirst(base.layers.count))
  }

  /// All that may be measured.
  public var pool: MeasuringPlan { plan(candidates.indices) }

  private func plan(_ positions: some Sequence<Int>) -> MeasuringPlan {
    var plan = base
    plan.add(positions.map { candidates[$0] })
    return plan
  }

  /// One look at what was measured.
  public struct Round: Hashable, Sendable, Codable {
    /// Layers and points of the predictor.
    public var layers: Int
    public var points: Int
    /// Mean absolute error of the sample's latencies, each predicted without its shape: of the precision where it is largest.
    /// Nil where nothing of the sample could be measured.
    public var heldOutError: Double?

    private enum CodingKeys: String, CodingKey {
      case layers, points
      case heldOutError = "held_out_error"
    }
  }

  /// What came of a run.
  public struct Outcome: Sendable {
    /// The measurement of all that was chosen.
    public var run: MeasuringRun
    public var rounds: [Round]
    public var unanswered: [UnansweredPoint]
    public var isReached: Bool
  }

  /// Measures in rounds, and a sample again at the end.
  ///
  /// - Parameters:
  ///   - settings: The seed, and how each round is measured; the plan of it is not looked at.
  ///   - onProgress: As for `MeasuringRun`.
  ///   - onRound: Called after each round, with what it is about to be followed by.
  ///   - onPlan: Called with each measurement before it begins, so that what was answered can be read if it ends early.
  ///
  /// Throws as `MeasuringRun` does, and a `Diagnostic` for latencies that nothing can be learned from.
  public func run(
    asking model: AnsweredProgram, _ settings: MeasuringRun, onPlan: (MeasuringRun) -> Void,
    onProgress: (MeasuringRun.Progress) throws -> Void, onRound: (Round) throws -> Void
  ) throws -> Outcome {
    var measured = Array(0..<min(Self.sampleCount, candidates.count))
    var rounds: [Round] = []
    var unanswered: [UnansweredPoint] = []
    while true {
      var run = settings
      // Layers are only ever added, so points of earlier rounds are points of this plan.
      (run.plan, run.checkCount) = (plan(measured), 0)
      run.hopeless = Set(unanswered.map { run.question($0.point, model) })
      onPlan(run)
      unanswered += try run.run(asking: model, onProgress: onProgress)
      let fit = try fit(Measurements(run, in: model))
      let round = Round(
        layers: run.plan.layers.count, points: fit.predictor.pointCount, heldOutError: error(of: fit))
      rounds.append(round)
      try onRound(round)
      let isReached = round.heldOutError.map { $0 <= goal } ?? false
      let next = isReached ? [] : choice(after: measured, fit.predictor)
      guard next.isEmpty else {
        measured += next
        continue
      }
      run.checkCount = settings.checkCount
      run.hopeless = Set(unanswered.map { run.question($0.point, model) })
      onPlan(run)
      unanswered += try run.run(asking: model, onProgress: onProgress)
      return Outcome(run: run, rounds: rounds, unanswered: unanswered, isReached: isReached)
    }
  }

  private func choice(after measured: [Int], _ predictor: Predictor) -> [Int] {
    let known = Set(measured)
    let open = candidates.indices.filter { !known.contains($0) }
    let count = max(Self.fewestOfRound, (base.layers.count + measured.count) / 4)
    return predictor.leastSure(count, of: open.map { candidates[$0] }, batch: base.batch).map { open[$0] }
  }

  private func fit(_ measurements: Measurements) throws -> PredictorFit {
    let cells = measurements.points.reduce(into: [Point: [Metric: Double]]()) { cells, measured in
      guard case .cost(let answer) = measured.outcome, let latency = answer.latency else { return }
      cells[measured.point] = [.latency: latency]
    }
    let table = LookupTable(network: measurements.plan.network, cells: cells)
    return try PredictorFit(
      Predictors.Measurements([(table, Predictor.Origin(file: "measured", sha256: ""))]))
  }

  private func error(of fit: PredictorFit) -> Double? {
    let sample = Set(candidates.prefix(Self.sampleCount).compactMap { LayerRun($0, batch: base.batch) })
    let errors = fit.byShape.reduce(into: [Precision: [Double]]()) { errors, point in
      guard sample.contains(point.run) else { return }
      errors[point.precision, default: []].append(abs(point.predicted / point.measured - 1))
    }
    return errors.values.map { $0.reduce(0, +) / Double($0.count) }.max()
  }
}
