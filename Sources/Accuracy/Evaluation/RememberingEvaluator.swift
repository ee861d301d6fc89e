/// An evaluator that is asked nothing twice, for work that no study keeps, such as a Pareto sweep.
///
/// Equal requests have equal replies, which the protocol demands; so this saves time and changes no figure.
public final class RememberingEvaluator: AccuracyEvaluator {
  private let evaluator: any AccuracyEvaluator
  private var answers: [EvaluationRequest: EvaluationResult] = [:]

  public init(_ evaluator: any AccuracyEvaluator) { self.evaluator = evaluator }

  public var foresight: Int { evaluator.foresight }

  public func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
    if let answer = answers[request] { return answer }
    let answer = try evaluator.evaluate(request)
    answers[request] = answer
    return answer
  }

  public func expect(_ requests: [EvaluationRequest], _ likelihood: Likelihood) {
    evaluator.expect(requests.filter { answers[$0] == nil }, likelihood)
  }
}
