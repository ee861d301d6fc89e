import Core
import Evaluation
import Testing

@Suite struct RememberingEvaluatorTests {
  private final class Counting: AccuracyEvaluator {
    var asked: [EvaluationRequest] = []
    var expected: [EvaluationRequest] = []
    let foresight = 3

    func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
      asked.append(request)
      struct Broken: Error {}
      if request.samples == 0 { throw Broken() }
      return EvaluationResult(accuracy: 1 / Double(asked.count), loss: 1, samples: request.samples ?? 1)
    }

    func expect(_ requests: [EvaluationRequest], _ likelihood: Likelihood) { expected += requests }
  }

  private func request(_ samples: Int) -> EvaluationRequest {
    EvaluationRequest(policy: nil, samples: samples)
  }

  @Test("an equal question is answered from memory and announced no more; another one is asked")
  func memory() throws {
    let counting = Counting()
    let evaluator = RememberingEvaluator(counting)
    let first = try evaluator.evaluate(request(1))
    #expect(try evaluator.evaluate(request(1)) == first)
    #expect(try evaluator.evaluate(request(2)) != first)
    evaluator.expect([request(1), request(3)], .surely)
    #expect(counting.asked == [request(1), request(2)] && counting.expected == [request(3)])
    #expect(evaluator.foresight == 3)
  }

  @Test("what broke once is asked again")
  func errors() {
    let counting = Counting()
    let evaluator = RememberingEvaluator(counting)
    for _ in 0..<2 { #expect(throws: (any Error).self) { try evaluator.evaluate(request(0)) } }
    #expect(counting.asked.count == 2)
  }
}
