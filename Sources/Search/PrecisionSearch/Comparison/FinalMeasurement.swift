public import Core
public import Evaluation

/// How every policy of the comparison at the end is measured: fine-tuned, unless that makes it worse.
///
/// Training that suits a policy of few bits can wreck one that is nearly as good as floats. Each policy is therefore
/// measured on the validation split in both forms, and tested in the better one.
public struct FinalMeasurement: Hashable, Sendable {
  /// The training that every policy of a comparison gets, baselines included; nil compares as calibrated.
  public var fineTuning: FineTuning?
  /// Validation samples per measurement; nil takes all.
  public var samples: Int?

  public init(fineTuning: FineTuning?, samples: Int? = nil) {
    self.fineTuning = fineTuning
    self.samples = samples
  }

  /// Announces the measurements of `policies`, in their order.
  ///
  /// Only their fine-tuned forms: what of the calibrated ones is run depends on these.
  func announce(_ policies: [Policy], _ evaluator: any AccuracyEvaluator, _ likelihood: Likelihood) {
    evaluator.expect(policies.map { request($0, fineTuning) }, likelihood)
  }

  /// A policy on the validation split, in its better form; fine-tuned when both are equal.
  ///
  /// - Parameter cost: Of the problem's resource, in its SI unit.
  public func validate(
    _ policy: Policy, cost: Double, _ evaluator: any AccuracyEvaluator
  ) throws -> MeasuredPolicy {
    let result = try evaluator.evaluate(request(policy, fineTuning))
    let measured = MeasuredPolicy(policy: policy, cost: cost, result: result)
    guard fineTuning != nil, let tuned = result.figures else { return measured }
    var question = request(policy, nil)
    // Certainly, so that no calibrated form is given up that is better.
    question.bar = AccuracyBar(accuracy: tuned.accuracy, errorRate: 0)
    let calibrated = try evaluator.evaluate(question)
    guard case .measured(let figures) = calibrated, figures.accuracy > tuned.accuracy else {
      return measured
    }
    return MeasuredPolicy(policy: policy, cost: cost, result: calibrated, discardedFineTuning: result)
  }

  /// The accuracy to report: on all of the test split, in the form that was kept on the validation split.
  public func test(_ measured: MeasuredPolicy, _ evaluator: any AccuracyEvaluator) throws -> EvaluationResult
  {
    let kept = measured.discardedFineTuning == nil ? fineTuning : nil
    return try evaluator.evaluate(Self.testRequest(measured.policy, kept))
  }

  /// All of the test split, with the samples that are right, so that policies are compared on each.
  static func testRequest(_ policy: Policy?, _ fineTuning: FineTuning? = nil) -> EvaluationRequest {
    EvaluationRequest(policy: policy, fineTuning: fineTuning, split: .test, extras: [.correctSamples])
  }

  private func request(_ policy: Policy, _ fineTuning: FineTuning?) -> EvaluationRequest {
    EvaluationRequest(policy: policy, fineTuning: fineTuning, samples: samples)
  }
}
