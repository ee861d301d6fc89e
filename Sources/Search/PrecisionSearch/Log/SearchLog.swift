import Core
import Evaluation

/// Measures the policies that a method proposes, each once, and keeps everything that was found.
///
/// A method runs until `measure` throws: when the evaluations are spent, when the user stops the search or
/// when an evaluation fails.
public final class SearchLog {
  public let problem: SearchProblem
  public let options: SearchOptions
  public private(set) var result = SearchResult()
  /// Where to go on; nil for a search from the start.
  let resumption: Resumption?
  let onCheckpoint: (Checkpoint) -> Continuation
  /// Episodes before the last one that was kept or taken up.
  var lastCheckpoint = 0

  private let evaluator: any AccuracyEvaluator
  private let onSensitivityMeasurement: (Int, Int) -> Continuation
  private let onEpisode: (Episode, SearchResult) -> Continuation
  /// Where the log has the first measurement of each policy.
  private var firstEpisodes: [Policy: Int] = [:]

  init(
    _ problem: SearchProblem, options: SearchOptions, evaluator: any AccuracyEvaluator,
    resuming resumption: Resumption? = nil,
    onCheckpoint: @escaping (Checkpoint) -> Continuation = { _ in .next },
    onSensitivityMeasurement: @escaping (Int, Int) -> Continuation,
    onEpisode: @escaping (Episode, SearchResult) -> Continuation
  ) {
    self.problem = problem
    self.options = options
    self.evaluator = evaluator
    self.resumption = resumption
    self.onCheckpoint = onCheckpoint
    self.onSensitivityMeasurement = onSensitivityMeasurement
    self.onEpisode = onEpisode
  }

  /// How many more policies can be measured.
  ///
  /// Sensitivity measurements count by their images: one on a tenth of the images of an evaluation is a tenth of one.
  public var remaining: Int {
    options.evaluations - result.episodes.count
      - result.sensitivityMeasurements.evaluations(of: imagesPerEvaluation)
  }

  /// Validation images that a policy is measured on.
  ///
  /// - Precondition: the reference was measured.
  var imagesPerEvaluation: Int {
    guard let reference = result.reference else { preconditionFailure("the reference comes first") }
    return reference.samples
  }

  /// Measures the unquantized network, which every reward is relative to; before anything else.
  func measureReference() throws(End) {
    let answer = try ask(options.request(nil))
    do {
      result.reference = try answer.get()
    } catch {
      throw .failed(error)
    }
  }

  /// Measures a policy within the budget.
  ///
  /// An equal policy was not evaluated twice, but counts again.
  ///
  /// - Parameter use: What the method does with the answer.
  func measure(
    _ policy: Policy, from origin: Episode.Origin, for use: Use = .comparing
  ) throws(End) -> Episode {
    guard let reference = result.reference else { preconditionFailure("the reference comes first") }
    guard remaining > 0 else { throw .spent }
    let cost = try End.unless { () throws(NetworkCostFailure) in
      guard try problem.budgets.admits(policy, in: problem.space) else {
        preconditionFailure("methods propose policies within the budgets")
      }
      return try problem.cost(of: policy)
    }
    let repeated = firstEpisodes[policy].map { result.episodes[$0].measured.result }
    let answer = if let repeated { repeated } else { try ask(options.request(policy, bar: bar(for: use))) }
    let preference = preference(reference)
    let measured = MeasuredPolicy(policy: policy, cost: cost, result: answer)
    let episode = Episode(
      index: result.episodes.count, origin: origin, measured: measured,
      // A policy that failed counts as one that gets nothing right.
      reward: Reward(referenceAccuracy: reference.accuracy).value(accuracy: answer.figures?.accuracy ?? 0),
      isRepeated: repeated != nil,
      isBest: answer.isKnown && (result.best.map { preference.prefers(measured, to: $0) } ?? true))
    if repeated == nil { firstEpisodes[policy] = episode.index }
    if repeated == nil, answer.figures == nil { result.failedPolicyCount += 1 }
    result.episodes.append(episode)
    // A policy below the bar is less accurate than all that are kept; of one that failed nothing is known.
    if answer.isKnown { result.keep(measured, atMost: options.kept, by: preference) }
    if onEpisode(episode, result) == .stop, remaining > 0 { throw .stopped }
    return episode
  }

  /// Announces the policies that will be measured next, in order, so that several evaluators can begin with them.
  ///
  /// Changes nothing else: each is still measured by `measure`.
  ///
  /// - Parameter likelihood: `probably`, when answers may change what is measured.
  func expect(_ policies: [Policy], for use: Use = .comparing, _ likelihood: Likelihood = .surely) {
    guard result.reference != nil else { return }
    let bar = bar(for: use)
    let isBarFixed = use == .comparing || options.stoppingErrorRate == nil
    evaluator.expect(
      policies.prefix(max(0, remaining)).filter { !knows($0) }.map { options.request($0, bar: bar) },
      isBarFixed ? likelihood : .probably)
  }

  /// How many policies are worth guessing ahead.
  var foresight: Int { min(evaluator.foresight, max(0, remaining - 1)) }

  /// Announces sensitivity measurements on the first `samples` images, in order.
  func expectSensitivityMeasurements(_ policies: [Policy], samples: Int) {
    evaluator.expect(
      policies.map { EvaluationRequest(policy: $0, split: .validation, samples: samples) }, .surely)
  }

  /// What a method does with an answer.
  enum Use {
    /// The accuracy itself decides what is proposed next.
    case comparing
    /// Nothing but whether the policy is among those kept.
    case keeping
  }

  /// The accuracy of the worst policy kept, once as many are kept as there may be.
  private func bar(for use: Use) -> AccuracyBar? {
    guard use == .keeping, problem.objective == .accuracy, let rate = options.stoppingErrorRate,
      result.leaders.count == options.kept, let worst = result.leaders.last?.result.figures
    else { return nil }
    return AccuracyBar(accuracy: worst.accuracy, errorRate: rate)
  }

  private func preference(_ reference: EvaluationResult.Figures) -> Preference {
    Preference(objective: problem.objective, referenceAccuracy: reference.accuracy)
  }

  /// Whether a policy loses no more accuracy than the objective allows.
  ///
  /// - Precondition: the reference was measured.
  func keepsAccuracy(_ measured: MeasuredPolicy) -> Bool {
    guard let reference = result.reference else { preconditionFailure("the reference comes first") }
    return preference(reference).keepsAccuracy(measured)
  }

  /// Whether a policy was measured before.
  func knows(_ policy: Policy) -> Bool { firstEpisodes[policy] != nil }

  /// Measures a policy, within the budget or not, on the first images of the split, without fine-tuning.
  ///
  /// - Parameters:
  ///   - planned: How many sensitivity measurements there will be in all, for progress displays.
  ///   - narrowings: What the evaluator may estimate beside; its answer says whether it does.
  func measureSensitivity(
    _ policy: Policy, samples: Int, planned: Int, estimating narrowings: [Narrowing]? = nil
  ) throws(End) -> EvaluationResult {
    let answer = try ask(
      EvaluationRequest(policy: policy, split: .validation, samples: samples, narrowings: narrowings))
    let images = answer.figures?.samples ?? 0
    let isEstimate = narrowings != nil && answer.figures?.estimatedIncreases != nil
    result.sensitivityMeasurements.count += 1
    result.sensitivityMeasurements.images += images * (isEstimate ? SensitivityPlan.passesOfEstimate : 1)
    result.sensitivityMeasurements.samples = max(result.sensitivityMeasurements.samples, images)
    if onSensitivityMeasurement(result.sensitivityMeasurements.count, planned) == .stop { throw .stopped }
    return answer
  }

  private func ask(_ request: EvaluationRequest) throws(End) -> EvaluationResult {
    do {
      return try evaluator.evaluate(request)
    } catch {
      throw .failed(error)
    }
  }

  func keep(_ sensitivity: Sensitivity) { result.sensitivity = sensitivity }

  func result(ending: SearchResult.Ending) -> SearchResult {
    var result = result
    result.ending = ending
    return result
  }
}

extension EvaluationResult {
  /// Whether the accuracy is that of all samples.
  fileprivate var isKnown: Bool { if case .measured = self { true } else { false } }
}
