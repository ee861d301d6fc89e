import Agents
import Core
import Evaluation
import PrecisionSearch
import Testing

/// An agent that goes on before it knows the rewards of its last proposals.
@Suite struct RewardLagTests {
  private static let warmUp = 5

  /// Learns so fast that a reward soon changes what is proposed.
  private static var options: DDPGOptions {
    var options = DDPGOptions()
    (options.hidden1, options.hidden2, options.batch) = (16, 16, 16)
    (options.warmUpEpisodes, options.actorRate, options.criticRate) = (warmUp, 5e-4, 1e-3)
    return options
  }

  private static func run(
    _ method: AgentSearch, _ evaluator: any AccuracyEvaluator = MadeUpNetwork.evaluator(),
    evaluations: Int = 30
  ) throws -> SearchResult {
    try Search(
      MadeUpNetwork.problem(), method: method, options: SearchOptions(evaluations: evaluations, seed: 7)
    ).run(evaluator)
  }

  /// The policies by the definition: policy k is chosen once the agent has learned of those up to k - lag, in order.
  private static func policies(lag: Int, count: Int) throws -> [Policy] {
    LinearAlgebra.useOneThread()
    let environment = AgentEnvironment(try MadeUpNetwork.problem())
    let agent = DDPG(stateWidth: StateEncoding.width, options: options, seed: 7)
    let reference = Reward(referenceAccuracy: MadeUpNetwork.accuracy(noise: 0))
    var policies: [Policy] = []
    var experiences: [[Transition]] = []
    for index in 0..<count {
      if index >= lag { agent.learn(experiences[index - lag]) }
      var walk = environment.begin()
      var steps: [(state: [Float], action: Double)] = []
      while !walk.isFinished {
        let state = walk.state
        let action = agent.explore(state)
        steps.append((state, action))
        walk.take(action)
      }
      let policy = try environment.policy(after: walk)
      let reward = reference.value(
        accuracy: MadeUpNetwork.accuracy(noise: MadeUpNetwork.noise(of: policy)))
      experiences.append(
        steps.indices.map { step in
          Transition(
            state: steps[step].state, action: Float(steps[step].action), reward: Float(reward),
            next: step + 1 < steps.count ? steps[step + 1].state : nil)
        })
      policies.append(policy)
    }
    return policies
  }

  @Test("proposes what its definition does; without a lag, what HAQ does", arguments: [1, 2, 4, 16, 100])
  func definition(lag: Int) throws {
    let result = try Self.run(AgentSearch(agent: Self.options, rewardLag: lag))
    let expected = try Self.policies(lag: lag, count: 30)
    #expect(result.episodes.map(\.measured.policy) == expected)
    // The warm-up lasts until its rewards are known.
    let random = result.episodes.prefix { $0.origin == .random }.count
    #expect(random == min(30, Self.warmUp + lag - 1))
  }

  @Test("no lag is a lag of 1, and updates while the next policy is measured are a lag of 2")
  func otherOrders() throws {
    let none = try Self.run(AgentSearch(agent: Self.options))
    #expect(try Self.run(AgentSearch(agent: Self.options, rewardLag: 1)) == none)
    let two = try Self.run(AgentSearch(agent: Self.options, rewardLag: 2))
    #expect(try Self.run(AgentSearch(agent: Self.options, updates: .late)) == two)
    #expect(two != none)
  }

  @Test("a reward changes nothing before its lag is over, and something after it", arguments: [1, 2, 5])
  func rewardsInTime(lag: Int) throws {
    let method = AgentSearch(agent: Self.options, rewardLag: lag)
    let episodes = try Self.run(method).episodes
    var distances: [Int] = []
    for changed in [8, 11, 14, 17] {
      let victim = episodes[changed].measured.policy
      try #require(episodes.firstIndex { $0.measured.policy == victim } == changed)
      let evaluator = FormulaEvaluator(
        samples: 1000,
        accuracy: { request in
          request.policy == victim
            ? 0 : MadeUpNetwork.accuracy(noise: MadeUpNetwork.noise(of: request.policy))
        })
      let others = try Self.run(method, evaluator).episodes
      let first = zip(episodes, others).map { $0.measured.policy != $1.measured.policy }.firstIndex(of: true)
      if let first { distances.append(first - changed) }
    }
    #expect(!distances.isEmpty && distances.allSatisfy { $0 >= lag }, "\(distances)")
  }

  /// Remembers what was announced and not asked yet.
  private final class ListeningEvaluator: AccuracyEvaluator {
    private(set) var waiting: Set<EvaluationRequest> = []
    private(set) var mostWaiting = 0
    private(set) var unannounced = 0
    private(set) var guesses = 0
    private let evaluator = MadeUpNetwork.evaluator()

    func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
      if request.policy != nil, waiting.remove(request) == nil { unannounced += 1 }
      return try evaluator.evaluate(request)
    }

    func expect(_ requests: [EvaluationRequest], _ likelihood: Likelihood) {
      if likelihood == .probably { guesses += requests.count }
      waiting.formUnion(requests)
      mostWaiting = max(mostWaiting, waiting.count)
    }
  }

  @Test("as many policies as the lag are announced as sure, and all of them are measured")
  func announcements() throws {
    let evaluator = ListeningEvaluator()
    _ = try Self.run(AgentSearch(agent: Self.options, rewardLag: 6), evaluator)
    #expect(evaluator.mostWaiting == 6 && evaluator.unannounced == 0)
    #expect(evaluator.guesses == 0 && evaluator.waiting.isEmpty)
  }

  @Test("demonstrated policies come first with a lag, too")
  func demonstrations() throws {
    let shown = try BestUniform(MadeUpNetwork.problem()).candidates.map(\.policy)
    let result = try Self.run(
      AgentSearch(agent: Self.options, demonstrations: shown, rewardLag: 4), evaluations: shown.count + 6)
    #expect(result.episodes.prefix(shown.count).map(\.measured.policy) == shown)
    #expect(result.episodes.map { $0.origin == .given } == (0..<shown.count + 6).map { $0 < shown.count })
  }
}
