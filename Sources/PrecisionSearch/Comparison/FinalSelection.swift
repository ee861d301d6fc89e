public import Evaluation
public import HardwareModel

/// The stage after a search: its best policies, trained longer, and the one that is then the best.
///
/// Selection looks at the validation split only. The test split is asked about once, by `report`.
public struct FinalSelection: Hashable, Sendable {
  /// The training that every policy of a comparison gets, baselines included.
  public var fineTuning: FineTuning?
  /// Validation samples per measurement; nil takes all.
  public var samples: Int?

  public init(fineTuning: FineTuning?, samples: Int? = nil) {
    self.fineTuning = fineTuning
    self.samples = samples
  }

  /// The policies of `leaders` measured so far, in their order, and the best of them.
  public struct Result: Hashable, Sendable, Codable {
    public internal(set) var measured: [MeasuredPolicy] = []

    public var best: MeasuredPolicy? { measured.best() }
  }

  /// An evaluation failed; the policies measured before it are kept.
  public struct Failure: Error {
    public var cause: any Error
    public var partial: Result
  }

  /// Measures `leaders` anew on the validation split.
  ///
  /// - Throws: `Failure` with the policies so far, when the evaluator throws.
  public func select(
    among leaders: [MeasuredPolicy], _ evaluator: any AccuracyEvaluator,
    onMeasured: (MeasuredPolicy, Result) -> Void = { _, _ in }
  ) throws(Failure) -> Result {
    var result = Result()
    evaluator.expect(leaders.map { request($0.policy) }, .surely)
    for leader in leaders {
      var measured = leader
      do {
        measured.result = try evaluator.evaluate(request(leader.policy))
      } catch {
        throw Failure(cause: error, partial: result)
      }
      result.measured.append(measured)
      onMeasured(measured, result)
    }
    return result
  }

  private func request(_ policy: Policy) -> EvaluationRequest {
    EvaluationRequest(policy: policy, fineTuning: fineTuning, samples: samples)
  }

  /// The accuracy to report for a selected policy: on all of the test split, after the same training.
  public func report(_ policy: Policy, _ evaluator: any AccuracyEvaluator) throws -> EvaluationResult {
    try evaluator.evaluate(EvaluationRequest(policy: policy, fineTuning: fineTuning, split: .test))
  }
}
