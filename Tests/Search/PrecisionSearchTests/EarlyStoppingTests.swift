import Core
import Evaluation
import PrecisionSearch
import RandomNumbers
import Testing

@Suite struct EarlyStoppingTests {
  /// Answers samples one by one, in batches, and stops as a request allows it to.
  private final class SampleBySample: AccuracyEvaluator {
    static let samples = 2000
    static let batch = 250
    /// Over all requests.
    var measured = 0

    func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
      let accuracy = MadeUpNetwork.accuracy(noise: MadeUpNetwork.noise(of: request.policy))
      let count = request.samples ?? Self.samples
      let test = request.bar.map {
        SequentialTest($0, samples: count, looks: (count - 1) / Self.batch + 1)
      }
      // Each sample is as hard for all policies, so that the more accurate one gets more of them right.
      var generator = SeededGenerator(seed: 3)
      var (seen, correct, stopped) = (0, 0, false)
      while seen < count, !stopped {
        let next = min(Self.batch, count - seen)
        for _ in 0..<next where Double.random(in: 0..<1, using: &generator) < accuracy { correct += 1 }
        seen += next
        stopped = seen < count && test?.staysBelow(correct: correct, seen: seen) == true
      }
      measured += seen
      let figures = EvaluationResult.Figures(
        accuracy: Double(correct) / Double(seen), loss: 1 - accuracy, samples: seen,
        divergence: request.policy == nil ? nil : MadeUpNetwork.noise(of: request.policy))
      return stopped ? .stopped(figures) : .measured(figures)
    }
  }

  private func search(
    _ method: any SearchMethod, errorRate: Double?
  ) throws -> (result: SearchResult, measured: Int) {
    let evaluator = SampleBySample()
    let options = SearchOptions(
      evaluations: 60, seed: 1, samples: SampleBySample.samples, kept: 3, stoppingErrorRate: errorRate)
    let result = try Search(MadeUpNetwork.problem(), method: method, options: options).run(evaluator)
    return (result, evaluator.measured)
  }

  @Test("stopping where that is certain keeps the same policies, with the same results, on fewer samples")
  func certain() throws {
    for method in [RandomSearch(), AutomaticSearch(sensitivitySamples: 20)] as [any SearchMethod] {
      let (whole, stopping) = (try search(method, errorRate: nil), try search(method, errorRate: 0))
      #expect(stopping.result.leaders == whole.result.leaders)
      #expect(stopping.result.episodes.map(\.measured.policy) == whole.result.episodes.map(\.measured.policy))
      #expect(stopping.measured <= whole.measured)
    }
    // Random policies differ by more than a batch can hide.
    #expect(
      try search(RandomSearch(), errorRate: 0).measured < search(RandomSearch(), errorRate: nil).measured)
  }

  @Test("an error rate saves more, and a policy that was stopped is never kept or called best")
  func probable() throws {
    let (certain, probable) = (
      try search(RandomSearch(), errorRate: 0), try search(RandomSearch(), errorRate: 0.01)
    )
    #expect(probable.measured < certain.measured)
    let stopped = probable.result.episodes.filter { $0.measured.result.isStopped }
    #expect(!stopped.isEmpty)
    #expect(stopped.allSatisfy { !$0.isBest })
    #expect(probable.result.leaders.allSatisfy { !$0.result.isStopped })
  }

  @Test("methods that compare accuracies, and searches for least cost, ask for no early stop")
  func comparing() throws {
    let evaluator = MadeUpNetwork.evaluator()
    let options = SearchOptions(evaluations: 40, seed: 1, kept: 2, stoppingErrorRate: 0.01)
    _ = try Search(MadeUpNetwork.problem(), method: EvolutionSearch(), options: options).run(evaluator)
    #expect(evaluator.requests.count > 20)
    #expect(evaluator.requests.allSatisfy { $0.bar == nil })
  }
}
