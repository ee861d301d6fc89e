public import Evaluation
internal import Agents
internal import HardwareModel

/// HAQ's search: an agent chooses every layer's widths, episode by episode, within a budget.
///
/// Has no clock and no files. Equal options, space, budget and answers of the evaluator give equal results
/// on one machine.
public struct Search: Sendable {
  public let environment: Environment
  public let options: SearchOptions

  /// - Precondition: at least one episode, and one policy kept; the search space contains the demonstrations.
  public init(_ environment: Environment, options: SearchOptions) {
    precondition(options.episodes > 0 && options.kept > 0)
    precondition(options.demonstrations.allSatisfy(environment.space.contains))
    self.environment = environment
    self.options = options
  }

  /// Runs all episodes, or until `onEpisode` asks to stop.
  ///
  /// A policy is measured once, however often the agent arrives at it.
  ///
  /// - Parameter onEpisode: Called after each episode, with everything found so far.
  /// - Throws: `SearchFailure` with the result so far, when the evaluator throws.
  public func run(
    _ evaluator: any AccuracyEvaluator,
    onEpisode: (Episode, SearchResult) -> Continuation = { _, _ in .next }
  ) throws(SearchFailure) -> SearchResult {
    LinearAlgebra.useOneThread()
    var result = SearchResult()
    let agent = DDPG(stateWidth: StateEncoding.width, options: options.agent, seed: options.seed)
    let reference = try measure(nil, evaluator, result)
    result.reference = reference
    let reward = Reward(referenceAccuracy: reference.accuracy)
    var known: [Policy: EvaluationResult] = [:]

    for index in 0..<options.episodes {
      let exploration: Episode.Exploration
      let walk: Environment.Walk
      let steps: [Step]
      if index < options.demonstrations.count {
        exploration = .demonstrated
        let demonstration = options.demonstrations[index]
        (walk, steps) = take { environment.action(for: $1, in: demonstration) }
      } else {
        exploration = agent.sigma.map { .around(sigma: $0) } ?? .warmUp
        (walk, steps) = take { state, _ in agent.explore(state) }
      }
      let policy = environment.policy(after: walk)
      let repeated = known[policy]
      let answer = if let repeated { repeated } else { try measure(policy, evaluator, result) }
      known[policy] = answer
      let measured = MeasuredPolicy(policy: policy, cost: environment.cost(of: policy), result: answer)

      let isBest = result.best.map { measured.isBetter(than: $0) } ?? true
      let episode = Episode(
        index: index, exploration: exploration, measured: measured,
        reward: reward.value(accuracy: measured.result.accuracy), isRepeated: repeated != nil,
        isBest: isBest)
      result.episodes.append(episode)
      result.keep(measured, atMost: options.kept)
      if index == options.episodes - 1 { result.ending = .completed }
      if onEpisode(episode, result) == .stop, result.ending != .completed {
        result.ending = .stopped
        return result
      }
      agent.learn(transitions(steps, of: episode))
    }
    return result
  }

  private struct Step {
    var state: [Float]
    var action: Double
    var decision: Environment.Decision
  }

  /// Walks through all decisions with the actions that `choose` gives for states and decisions.
  private func take(
    _ choose: ([Float], Environment.Decision) -> Double
  ) -> (Environment.Walk, [Step]) {
    var walk = environment.begin()
    var steps: [Step] = []
    while let decision = walk.decision {
      let state = walk.state
      let action = choose(state, decision)
      steps.append(Step(state: state, action: action, decision: decision))
      walk.take(action)
    }
    return (walk, steps)
  }

  /// Every step of an episode earns the reward of its end.
  private func transitions(_ steps: [Step], of episode: Episode) -> [Transition] {
    let policy = episode.measured.policy
    return steps.indices.map { i in
      let action =
        switch options.remembered {
        case .chosen: steps[i].action
        case .lowered: environment.action(for: steps[i].decision, in: policy)
        }
      return Transition(
        state: steps[i].state, action: Float(action), reward: Float(episode.reward),
        next: i + 1 < steps.count ? steps[i + 1].state : nil)
    }
  }

  private func measure(
    _ policy: Policy?, _ evaluator: any AccuracyEvaluator, _ partial: SearchResult
  ) throws(SearchFailure) -> EvaluationResult {
    do {
      return try evaluator.evaluate(options.request(policy))
    } catch {
      throw SearchFailure(cause: error, partial: partial)
    }
  }
}
