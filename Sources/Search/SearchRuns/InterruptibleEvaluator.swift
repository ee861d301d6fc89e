import Evaluation

/// An evaluator that is asked nothing more after Ctrl-C.
struct InterruptibleEvaluator: AccuracyEvaluator {
  private let evaluator: any AccuracyEvaluator

  init(_ evaluator: any AccuracyEvaluator) { self.evaluator = evaluator }

  /// What it throws then.
  struct Interrupted: Error {}

  var foresight: Int { evaluator.foresight }

  func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
    if Interrupt.isRequested { throw Interrupted() }
    return try evaluator.evaluate(request)
  }

  func expect(_ requests: [EvaluationRequest], _ likelihood: Likelihood) {
    evaluator.expect(requests, likelihood)
  }
}
