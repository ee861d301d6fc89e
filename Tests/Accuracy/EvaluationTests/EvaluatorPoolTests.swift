import Core
import Evaluation
import Foundation
import Testing

/// Several evaluators at once, which give what one would give, whoever dies.
@Suite(.serialized) struct EvaluatorPoolTests {
  /// Answers with the first weight width in percent; `body` may do something else before.
  private func fake(_ body: String = "") throws -> FakeEvaluator {
    try FakeEvaluator(
      """
      while read line; do
        id=$(echo "$line" | sed 's/.*"id":\\([0-9]*\\).*/\\1/')
        bits=$(echo "$line" | sed 's/.*"weight_bits":\\([0-9]*\\).*/\\1/')
        echo "$bits" >> asked
        \(body)
        echo "{\\"id\\":$id,\\"evaluation\\":{\\"accuracy\\":0.0$bits,\\"loss\\":1,\\"samples\\":7}}"
      done
      """)
  }

  private func pool(_ fake: FakeEvaluator, workers: Int, timeout: Duration? = nil) throws -> EvaluatorPool {
    var launch = EvaluatorLaunch(executable: fake.folder.appending(path: "fake"), arguments: [])
    launch.restarts = 2
    launch.timeout = timeout
    launch.log = fake.folder.appending(path: "log")
    return try EvaluatorPool(Array(repeating: launch, count: workers))
  }

  private static func request(_ bits: Int) -> EvaluationRequest {
    let precision = Precision(weight: BitWidth(bits)!, activation: .eight)
    return EvaluationRequest(policy: Policy([precision, precision]))
  }

  private static let requests = (2...8).map(request)

  private func asked(_ fake: FakeEvaluator) throws -> [String] {
    try String(contentsOf: fake.folder.appending(path: "asked"), encoding: .utf8)
      .split(separator: "\n").map(String.init)
  }

  @Test("any number of workers gives the answers of one, each asked once", arguments: [1, 2, 3])
  func equal(workers: Int) throws {
    let fake = try fake("[ $bits = 3 ] && sleep 0.2")
    let pool = try pool(fake, workers: workers)
    pool.expect(Self.requests, .surely)
    var told: [EvaluationRequest] = []
    let answers = try Self.requests.map { request in
      try pool.answer(request) { other, _ in told.append(other) }
    }
    #expect(answers.map(\.result.accuracy) == [0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08])
    #expect(answers.allSatisfy { (1...workers).contains($0.worker) })
    #expect(Set(told).count == told.count)
    #expect(try asked(fake).sorted() == ["2", "3", "4", "5", "6", "7", "8"])
    // While one slept, the other went on and its answers were told before they were asked for.
    if workers > 1 { #expect(!told.isEmpty && Set(answers.map(\.worker)).count > 1) }
  }

  @Test(
    "a question that is announced twice, surely or probably, is asked and told once", arguments: [1, 2, 3])
  func announcedTwice(workers: Int) throws {
    let fake = try fake("sleep 0.0$bits")
    let pool = try pool(fake, workers: workers)
    pool.expect(Self.requests, .probably)
    pool.expect(Self.requests.flatMap { [$0, $0] }, .surely)
    pool.expect(Self.requests, .surely)
    pool.expect(Self.requests.reversed(), .probably)
    var told: [EvaluationRequest] = []
    for request in Self.requests { _ = try pool.answer(request) { other, _ in told.append(other) } }
    #expect(Set(told).count == told.count)
    #expect(try asked(fake).sorted() == ["2", "3", "4", "5", "6", "7", "8"])
  }

  @Test("a policy on which workers die three times has failed; all others are answered", arguments: [1, 2])
  func crash(workers: Int) throws {
    let fake = try fake("[ $bits = 4 ] && exit 9")
    let pool = try pool(fake, workers: workers)
    pool.expect(Self.requests, .surely)
    let results = try Self.requests.map(pool.evaluate)
    #expect(results.map(\.failure) == [nil, nil, "exit status 9 (3 times)", nil, nil, nil, nil])
    #expect(results.map(\.figures?.accuracy) == [0.02, 0.03, nil, 0.05, 0.06, 0.07, 0.08])
    #expect(try asked(fake).count { $0 == "4" } == 3)
    #expect(pool.states.map(\.crashCount).reduce(0, +) == 3)
  }

  @Test("a worker that hangs is killed after its time, replaced, and its policy asked again")
  func hang() throws {
    let fake = try fake("[ $bits = 4 ] && [ ! -e once ] && touch once && exec sleep 600")
    let pool = try pool(fake, workers: 2, timeout: .seconds(1))
    pool.expect(Self.requests, .surely)
    #expect(
      try Self.requests.map(pool.evaluate).map(\.accuracy) == [0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08])
    #expect(try asked(fake).count { $0 == "4" } == 2)
  }

  @Test("an evaluator that fails on everything is at fault itself")
  func always() throws {
    // The program must be there as long as it is started again.
    let fake = try fake("exit 9")
    let pool = try pool(fake, workers: 2)
    let policies = (1...12).map { index in
      EvaluationRequest(policy: Self.request(4).policy, samples: index)
    }
    pool.expect(policies, .surely)
    let error = try evaluatorError { for request in policies { _ = try pool.evaluate(request) } }
    // Of two that fail at the same time, both may be counted.
    #expect(
      [10, 11].contains { error == .failsAlways(policies: $0, how: "exit status 9 (3 times)") },
      "\(String(describing: error))")
    let float = try evaluatorError { _ = try pool.evaluate(EvaluationRequest(policy: nil)) }
    #expect(float != nil)
    withExtendedLifetime(fake) {}
  }
}
