/// Fits free parameters of a model to measurements, without derivatives: globally, then locally, then step by step.
public struct ParameterFit {
  /// What came of it.
  public struct Result: Sendable {
    /// In the order of the parameters; legal, within the bounds.
    public var values: [Double]
    /// Mean of |predicted / measured - 1| over the fitted points, at the start and at the end.
    public var misfitBefore: Double
    public var misfit: Double
    /// Different values that the model was asked for.
    public var evaluations: Int
    /// Values that the model refused.
    public var refused: Int
    public var warnings: [Warning]
  }

  private let parameters: [FreeParameter]
  private let objective: FitObjective
  private let budget: Int
  private let shouldStop: () -> Bool

  /// - Parameter measured: one cost > 0 for every point, in the order of the predictions.
  /// - Parameter evaluations: how often the model may be asked, about.
  /// - Parameter progress: called after each new evaluation with their number and the least misfit so far.
  /// - Parameter predict: costs of the points for given values; nil where the model has none.
  public init(
    _ parameters: [FreeParameter], measured: [Double], evaluations: Int,
    shouldStop: @escaping () -> Bool = { false }, progress: @escaping (Int, Double) -> Void = { _, _ in },
    predict: @escaping ([Double]) throws -> [Double?]
  ) {
    precondition(!parameters.isEmpty && !measured.isEmpty && measured.allSatisfy { $0 > 0 })
    self.parameters = parameters
    self.shouldStop = shouldStop
    budget = evaluations
    objective = FitObjective(measured: measured, onEvaluation: progress, predict: predict)
  }

  /// The best values found from `start` and everywhere else.
  ///
  /// Throws the model's error when it refuses all values, or `CalibrationError.neverCosted`.
  public func run(from start: [Double]) throws -> Result {
    let before = objective.misfit(start)
    let coordinates = zip(parameters, start).map { $0.coordinate(of: $1) }
    _ = Minimization.minimize(
      { self.misfit(at: $0) }, from: coordinates, method: .dividingRectangles, evaluations: budget / 3,
      shouldStop: shouldStop)
    guard let found = objective.best else {
      throw objective.refusal ?? CalibrationError.neverCosted
    }
    let begin = zip(parameters, start).map { $0.legal($1) }
    let discrete = discreteIndices
    for candidate in [found.values, begin] + objective.best(Self.descents, differingIn: discrete)
    where !isExact && objective.evaluations < budget * 7 / 10 {
      descend(from: candidate, by: .guide)
    }
    for candidate in [objective.best?.values, begin].compactMap({ $0 }) where !isExact {
      descend(from: candidate, by: .shown)
    }
    keepStart(start)
    guard let best = objective.best else { preconditionFailure("something was found") }
    return Result(
      values: best.values, misfitBefore: before, misfit: best.misfit, evaluations: objective.evaluations,
      refused: objective.refused,
      warnings: Identifiability.warnings(parameters, at: best.values) { objective.residuals($0) })
  }

  /// How many of the best points of the global search are improved, in addition to the best and the start.
  private static let descents = 6
  /// A misfit below this counts as none.
  private static let exact = 1e-9

  private func misfit(at coordinates: [Double]) -> Double {
    objective.misfit(zip(parameters, coordinates).map { $0.value(at: $1) }, .guide)
  }

  private var isExact: Bool { objective.best?.misfit ?? 1 <= Self.exact }

  private var isSpent: Bool { shouldStop() || objective.evaluations >= budget }

  /// Real parameters by a local method; then steps of discrete ones, one and then two at a time, as long as one helps.
  private func descend(from start: [Double], by view: FitObjective.View) {
    var current = refined(start, by: view, evaluations: 80 * realIndices.count, step: 0.05)
    while !isSpent {
      guard
        let better = improvement(on: current, by: view, moves: singleMoves)
          ?? improvement(on: current, by: view, moves: pairMoves)
      else { break }
      current = refined(better, by: view, evaluations: 40 * realIndices.count, step: 0.02)
    }
    _ = refined(current, by: view, evaluations: 120 * realIndices.count, step: 0.002)
  }

  /// A parameter that the measurements do not see keeps its value, rather than the one that was tried first.
  private func keepStart(_ start: [Double]) {
    for index in parameters.indices where parameters[index].legal(start[index]) == start[index] {
      guard let best = objective.best else { return }
      var candidate = best.values
      candidate[index] = start[index]
      if objective.misfit(candidate) <= best.misfit * (1 + 1e-9) { objective.prefer(candidate) }
    }
  }

  private var realIndices: [Int] { parameters.indices.filter { !parameters[$0].isDiscrete } }
  private var discreteIndices: [Int] { parameters.indices.filter { parameters[$0].isDiscrete } }

  /// `values` with the real ones moved to a local minimum.
  private func refined(
    _ values: [Double], by view: FitObjective.View, evaluations: Int, step: Double
  ) -> [Double] {
    let indices = realIndices
    guard !indices.isEmpty, !isSpent else { return values }
    var best = (values: values, misfit: objective.misfit(values, view))
    _ = Minimization.minimize(
      { coordinates in
        var candidate = values
        for (index, coordinate) in zip(indices, coordinates) {
          candidate[index] = parameters[index].value(at: coordinate)
        }
        let misfit = objective.misfit(candidate, view)
        if misfit < best.misfit { best = (candidate, misfit) }
        return misfit
      }, from: indices.map { parameters[$0].coordinate(of: values[$0]) }, method: .subplex,
      evaluations: evaluations, step: step, shouldStop: { isSpent })
    return best.values
  }

  /// Steps of discrete parameters that are tried together.
  private typealias Move = [(index: Int, steps: Int)]

  private var singleMoves: [Move] {
    discreteIndices.flatMap { index in [-1, 1, -2, 2].map { [(index, $0)] } }
  }

  private var pairMoves: [Move] {
    discreteIndices.flatMap { first in
      discreteIndices.filter { $0 > first }.flatMap { second in
        [(-1, 1), (1, -1), (1, 1), (-1, -1)].map { [(first, $0.0), (second, $0.1)] }
      }
    }
  }

  /// The best of `moves`, each with its real parameters adjusted; nil when none is better than `current`.
  private func improvement(
    on current: [Double], by view: FitObjective.View, moves: [Move]
  ) -> [Double]? {
    var best = (values: current, misfit: objective.misfit(current, view))
    for move in moves where !isSpent {
      var candidate = current
      for (index, steps) in move {
        guard let next = parameters[index].moved(current[index], by: steps) else { continue }
        candidate[index] = next
      }
      guard candidate != current else { continue }
      candidate = refined(candidate, by: view, evaluations: 12 * realIndices.count, step: 0.05)
      let misfit = objective.misfit(candidate, view)
      if misfit < best.misfit * (1 - 1e-9) { best = (candidate, misfit) }
    }
    return best.values == current ? nil : best.values
  }
}

/// Why nothing could be fitted.
public enum CalibrationError: Error, Hashable, Sendable, CustomStringConvertible {
  case neverCosted

  public var description: String {
    "no values of the free parameters give a cost for every measured point; widen the bounds, or leave out "
      + "points that the target cannot run."
  }
}
