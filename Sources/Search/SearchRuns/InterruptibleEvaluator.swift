import Evaluation

/// An evaluator that is asked nothing more once the run is to stop.
struct InterruptibleEvaluator: AccuracyEvaluator {
  private let evaluator: any AccuracyEvaluator
  private let shouldStop: () -> Bool

  init(_ evaluator: any AccuracyEvaluator, until shouldStop: @escaping () -> Bool) {
    self.evaluator = evaluator
    self.shouldStop = shouldStop
  }

  /// What it throws then.
  struct Interrupted: Error {}

  var foresight: Int { evaluator.foresight }

  func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
    if shouldStop() { throw Interrupted() }
    return try evaluator.evaluate(request)
  }

  func expect(_ requests: [EvaluationRequest], _ likelihood: Likelihood) {
    evaluator.expect(requests, likelihood)
  }
}
