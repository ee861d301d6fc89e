import Core
public import Evaluation

/// The comparison at the end of a search: the best policies and the baselines, trained alike.
///
/// Every choice is made on the validation split; the chosen policies are then measured on the test split, once each.
/// Source: the protocol of HAQ's Tables 2 to 6 (CVPR 2019, section 4).
public struct FinalComparison: Sendable {
  private let problem: SearchProblem
  private let finalists: [MeasuredPolicy]
  private let measurement: FinalMeasurement
  private let uniform: UniformBaseline?
  private let compression: DeepCompression?
  private let pact: UniformPACT?

  /// What the searched policy must beat, by the objective.
  private enum UniformBaseline: Sendable {
    /// The most accurate within the budgets.
    case best(BestUniform)
    /// The cheapest that keeps the accuracy.
    case cheapest(CheapestUniform)

    /// Nil when no uniform policy is within the budgets.
    init?(_ problem: SearchProblem) throws {
      guard problem.objective == .accuracy else {
        self = .cheapest(try CheapestUniform(problem))
        return
      }
      do throws(PrecisionSearchError) {
        self = .best(try BestUniform(problem))
      } catch .noUniformPolicy {
        return nil
      }
    }

    var candidates: [BestUniform.Candidate] {
      switch self {
      case .best(let uniform): uniform.candidates
      case .cheapest(let uniform): uniform.candidates
      }
    }
  }

  /// - Parameters:
  ///   - finalists: The policies that the search found best, best first.
  ///   - fineTuning: The training that every policy gets; nil compares as calibrated.
  /// - Throws: `PrecisionSearchError` or `NetworkCostFailure` when a target does not say what a policy costs.
  public init(_ problem: SearchProblem, finalists: [MeasuredPolicy], fineTuning: FineTuning?) throws {
    self.problem = problem
    self.finalists = finalists
    measurement = FinalMeasurement(fineTuning: fineTuning)
    uniform = try UniformBaseline(problem)
    compression = problem.space.hasFloatActivations ? try DeepCompression(problem) : nil
    pact = fineTuning?.activationClips == .learned ? UniformPACT(problem.space) : nil
  }

  /// Every step, in order; fewer are taken where a baseline is settled early or the evaluator fails on a policy.
  public var planned: [PlannedMeasurement] {
    [.floatBaseline] + finalists.map { _ in .finalist }
      + (uniform?.candidates ?? []).map { .uniform($0.precision) }
      + [.searchedTest, .uniformTest, .floatBaselineTest]
      + (compression.map { $0.candidates.map { _ in .deepCompression } + [.deepCompressionTest] } ?? [])
      + (pact?.policies ?? []).map { .pact($0.precision) } + [.reference(problem.space.reference)]
  }

  /// Measures everything.
  ///
  /// - Parameter onMeasured: Called after each step.
  /// - Throws: What the evaluator throws.
  public func run(
    _ evaluator: any AccuracyEvaluator, onMeasured: @escaping (PlannedMeasurement) -> Void = { _ in }
  ) throws -> Comparison {
    let run = Run(evaluator: evaluator, measurement: measurement, onMeasured: onMeasured)
    evaluator.expect([EvaluationRequest(policy: nil)], .surely)
    // The drop that may be allowed is against the float network on the same samples.
    let float = try run.measuring(.floatBaseline) { try $0.evaluate(EvaluationRequest(policy: nil)).get() }
    let preference = Preference(objective: problem.objective, referenceAccuracy: float.accuracy)
    let finalist = try best(of: finalists, run, preference)
    let entries = try uniformEntries(run, preference)
    let searched = try finalist.map { try run.tested($0, .searchedTest) }
    let bestUniform = try bestUniform(among: entries, run, preference)
    let floatTest = try run.measuring(.floatBaselineTest) {
      try $0.evaluate(FinalMeasurement.testRequest(nil)).get()
    }
    return Comparison(
      float: .init(validation: float, test: floatTest), searched: searched, uniformCandidates: entries,
      bestUniform: bestUniform, deepCompression: try deepCompression(run, preference),
      pact: try pactBaselines(run), reference: try reference(run))
  }

  /// What the steps share.
  private struct Run {
    let evaluator: any AccuracyEvaluator
    let measurement: FinalMeasurement
    let onMeasured: (PlannedMeasurement) -> Void

    func measuring<Result>(
      _ step: PlannedMeasurement, _ measure: (any AccuracyEvaluator) throws -> Result
    ) rethrows -> Result {
      let result = try measure(evaluator)
      onMeasured(step)
      return result
    }

    func tested(_ measured: MeasuredPolicy, _ step: PlannedMeasurement) throws -> Comparison.Contender {
      try measuring(step) { .init(measured, test: try measurement.test(measured, $0)) }
    }
  }

  /// Nil when the evaluator failed on every one.
  private func best(
    of finalists: [MeasuredPolicy], _ run: Run, _ preference: Preference
  ) throws -> MeasuredPolicy? {
    do {
      let selection = try FinalSelection(among: finalists, run.evaluator, measurement) { _, _ in
        run.onMeasured(.finalist)
      }
      return selection.measured.best(by: preference).flatMap { $0.result.figures == nil ? nil : $0 }
    } catch {
      throw error.cause
    }
  }

  private func uniformEntries(_ run: Run, _ preference: Preference) throws -> [BestUniform.Entry] {
    func note(_ entry: BestUniform.Entry) { run.onMeasured(.uniform(entry.precision)) }
    do throws(BestUniform.Failure) {
      switch uniform {
      case nil: return []
      case .best(let uniform):
        return try uniform.run(run.evaluator, measurement) { entry, _ in note(entry) }.entries
      case .cheapest(let uniform):
        return try uniform.run(run.evaluator, measurement, preference: preference, onEntry: note).entries
      }
    } catch {
      throw error.cause
    }
  }

  private func bestUniform(
    among entries: [BestUniform.Entry], _ run: Run, _ preference: Preference
  ) throws -> Comparison.Uniform? {
    let best = entries.map(\.measured).best(by: preference)
    guard let entry = entries.first(where: { $0.measured == best }), entry.measured.result.figures != nil
    else { return nil }
    return .init(precision: entry.precision, contender: try run.tested(entry.measured, .uniformTest))
  }

  private func deepCompression(_ run: Run, _ preference: Preference) throws -> Comparison.TwoWidths? {
    let entries = try compression?.run(run.evaluator, measurement) { _ in run.onMeasured(.deepCompression) }
    let best = entries?.map(\.measured).best(by: preference)
    guard let entry = entries?.first(where: { $0.measured == best }) else { return nil }
    return .init(
      convolutions: entry.candidate.convolutions, fullyConnected: entry.candidate.fullyConnected,
      contender: try run.tested(entry.measured, .deepCompressionTest))
  }

  /// The paper's baseline is PACT, even where it makes a policy worse: no calibrated form is tried.
  private func pactBaselines(_ run: Run) throws -> [Comparison.Uniform] {
    try (pact?.policies ?? []).map { precision, policy in
      try run.measuring(.pact(precision)) { evaluator in
        let request = EvaluationRequest(policy: policy, fineTuning: measurement.fineTuning)
        let measured = MeasuredPolicy(
          policy: policy, cost: try problem.cost(of: policy), result: try evaluator.evaluate(request))
        let test = try measurement.test(measured, evaluator)
        return .init(precision: precision, contender: .init(measured, test: test))
      }
    }
  }

  private func reference(_ run: Run) throws -> Comparison.Uniform? {
    let precision = problem.space.reference
    return try problem.space.uniform(precision).map { policy in
      try run.measuring(.reference(precision)) { evaluator in
        let measured = try measurement.validate(policy, cost: problem.cost(of: policy), evaluator)
        let test = try measurement.test(measured, evaluator)
        return .init(precision: precision, contender: .init(measured, test: test))
      }
    }
  }
}
