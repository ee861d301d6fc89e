import Agents
import Core
import Evaluation
import PrecisionSearch
import Testing

@Suite struct SearchTests {
  /// Six layers of different cost and sensitivity.
  private static func problem(share: Double = 0.5) throws -> SearchProblem {
    let table = try Fixture.table(layers: 6) { layer, precision in
      Double((layer % 3 + 1) * precision.weight.bits * precision.activation.bits)
    }
    let space = try SearchSpace(table)
    return SearchProblem(space, budget: try Budget(.latency, .relative(share), in: space))
  }

  /// Quantization noise falls by four per bit; every layer has its own sensitivity.
  private static func accuracy(_ request: EvaluationRequest) -> Double {
    guard let policy = request.policy else { return 0.9 }
    let weights = [1.0, 9, 1, 0.2, 4, 1]
    let activations = [1.0, 0.3, 6, 5, 0.1, 1]
    let noise = policy.precisions.enumerated().reduce(0) { sum, item in
      sum + weights[item.offset] / Double(1 << (2 * item.element.weight.bits))
        + activations[item.offset] / Double(1 << (2 * item.element.activation.bits))
    }
    return 0.9 - min(0.8, 2 * noise)
  }

  private static func options(episodes: Int, seed: UInt64 = 1, kept: Int = 5) -> SearchOptions {
    SearchOptions(
      evaluations: episodes, seed: seed,
      fineTuning: FineTuning(samples: 5, learningRate: 0.1, seed: 3), samples: 50, kept: kept)
  }

  private static var agent: AgentSearch {
    var agent = DDPGOptions()
    (agent.hidden1, agent.hidden2, agent.warmUpEpisodes, agent.batch) = (16, 16, 10, 16)
    return AgentSearch(agent: agent)
  }

  @Test("equal seeds give equal results, another seed another log")
  func deterministic() throws {
    let problem = try Self.problem()
    func run(_ seed: UInt64) throws -> SearchResult {
      let evaluator = FormulaEvaluator(accuracy: Self.accuracy)
      return try Search(problem, method: Self.agent, options: Self.options(episodes: 30, seed: seed))
        .run(evaluator)
    }
    let first = try run(4)
    #expect(try run(4) == first)
    #expect(try run(5).episodes != first.episodes)
    #expect(first.ending == .completed && first.episodes.count == 30)
  }

  @Test("every policy is within the budget, rewarded by its accuracy, and asked about once")
  func episodes() throws {
    let problem = try Self.problem(share: 0.4)
    let evaluator = FormulaEvaluator(accuracy: Self.accuracy)
    // No exploration after the warm-up: the agent soon repeats itself.
    let options = Self.options(episodes: 60)
    var agent = Self.agent
    agent.agent.sigma = 0
    let result = try Search(problem, method: agent, options: options).run(evaluator)
    let asked = evaluator.requests.dropFirst().map(\.policy)
    #expect(evaluator.requests.first == EvaluationRequest(policy: nil, samples: 50))
    #expect(Set(asked).count == asked.count)
    #expect(result.episodes.contains { $0.isRepeated })
    #expect(result.episodes.filter { !$0.isRepeated }.map(\.measured.policy) == asked)
    #expect(evaluator.requests.dropFirst().allSatisfy { $0.fineTuning == options.fineTuning })
    for episode in result.episodes {
      let policy = episode.measured.policy
      #expect(try problem.budgets.admits(policy, in: problem.space))
      let accuracy = Self.accuracy(EvaluationRequest(policy: policy))
      #expect(abs(episode.reward - 10 * (accuracy - 0.9)) < 1e-12)
    }
    #expect(result.episodes[9].origin == .random)
    #expect(result.episodes[10].origin == .agent(sigma: 0))
  }

  @Test("keeps the best distinct policies, best first")
  func leaders() throws {
    let evaluator = FormulaEvaluator(accuracy: Self.accuracy)
    let result = try Search(
      try Self.problem(), method: Self.agent, options: Self.options(episodes: 40, kept: 7)
    )
    .run(evaluator)
    let distinct = Set(result.episodes.map(\.measured.policy))
    let best = distinct.map { Self.accuracy(EvaluationRequest(policy: $0)) }.sorted(by: >).prefix(7)
    #expect(result.leaders.map(\.accuracy) == Array(best))
    #expect(Set(result.leaders.map(\.policy)).count == 7)
    #expect(result.episodes.last { $0.isBest }?.measured == result.best)
  }

  @Test("stops when asked, with everything found so far")
  func stopping() throws {
    let evaluator = FormulaEvaluator(accuracy: Self.accuracy)
    var seen: [Episode] = []
    let result = try Search(try Self.problem(), method: Self.agent, options: Self.options(episodes: 40))
      .run(evaluator) {
        episode, sofar in
        seen.append(episode)
        #expect(sofar.episodes == seen)
        return episode.index == 6 ? .stop : .next
      }
    #expect(result.ending == .stopped)
    #expect(result.episodes == seen && seen.count == 7)
    #expect(result.best != nil)
  }

  @Test("an evaluator that fails in episode 5 leaves the episodes before it")
  func failing() throws {
    struct Broken: Error {}
    var calls = 0
    let evaluator = FormulaEvaluator { request in
      calls += 1
      // The reference, then five episodes.
      if calls == 7 { throw Broken() }
      return Self.accuracy(request)
    }
    do {
      _ = try Search(try Self.problem(), method: Self.agent, options: Self.options(episodes: 40)).run(
        evaluator)
      Issue.record("no error")
    } catch let failure as SearchFailure {
      #expect(failure.cause is Broken)
      #expect(failure.partial.episodes.count == 5)
      #expect(failure.partial.best != nil && failure.partial.reference?.accuracy == 0.9)
      #expect(failure.partial.ending == .interrupted)
    }
  }

  @Test("demonstrated policies come first, lowered into the budget, and are part of the log")
  func demonstrations() throws {
    let problem = try Self.problem()
    let uniform = try BestUniform(problem)
    let eight = Policy.uniform(.eight, layerCount: 6)
    var agent = Self.agent
    agent.demonstrations = uniform.candidates.map(\.policy) + [eight]
    let result = try Search(problem, method: agent, options: Self.options(episodes: 12))
      .run(FormulaEvaluator(accuracy: Self.accuracy))
    let count = uniform.candidates.count
    #expect(result.episodes.prefix(count).map(\.measured.policy) == uniform.candidates.map(\.policy))
    let sweep = BudgetSweep(problem.space, budgets: problem.budgets)
    #expect(try result.episodes[count].measured.policy == sweep.lowered(eight))
    #expect(result.episodes.prefix(count + 1).allSatisfy { $0.origin == .given })
    #expect(result.episodes[count + 1].origin != .given)
  }

  @Test(
    "updates on another thread give what late updates give, to the last bit; immediate ones something else")
  func overlappedUpdates() throws {
    func run(_ updates: AgentSearch.Updates) throws -> SearchResult {
      var method = AgentSearch(updates: updates)
      method.agent.warmUpEpisodes = 4
      (method.agent.hidden1, method.agent.hidden2) = (32, 32)
      return try Search(
        MadeUpNetwork.problem(), method: method, options: SearchOptions(evaluations: 25, seed: 2)
      ).run(MadeUpNetwork.evaluator())
    }
    let late = try run(.late)
    #expect(try run(.overlapped) == late)
    #expect(try run(.immediate) != late)
  }
}
