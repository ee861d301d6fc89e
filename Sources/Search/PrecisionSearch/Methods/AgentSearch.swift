public import Agents
public import Core

/// HAQ's search: an agent chooses every layer's widths, episode by episode (CVPR 2019, section 3).
public struct AgentSearch: SearchMethod {
  public var agent: DDPGOptions
  /// Policies that the first episodes take, lowered into the budget, instead of the agent's; the paper has none.
  ///
  /// They show the agent a better neighbourhood than random policies do. They count as episodes, and
  /// towards the warm-up.
  public var demonstrations: [Policy]
  public var updates: Updates

  /// When the agent learns of an episode.
  public enum Updates: String, Hashable, Sendable, Codable, CaseIterable {
    /// Before the next policy is chosen, as in the paper.
    case immediate
    /// While the next policy is measured, on another thread; the one after it is the first that profits.
    case overlapped
    /// The same, one after the other: what `overlapped` must agree with, to the last bit.
    case late
  }

  public init(
    agent: DDPGOptions = DDPGOptions(), demonstrations: [Policy] = [], updates: Updates = .immediate
  ) {
    self.agent = agent
    self.demonstrations = demonstrations
    self.updates = updates
  }

  public var stateFormat: String? { State.format }

  private struct State: MethodState {
    static let format = "ddpg/1"
    var agent: DDPGState
    var pending: [Transition]?

    func isPossible(_ problem: SearchProblem, after episodes: Int) -> Bool {
      // What is pending was measured and not learned of.
      agent.episodeCount == episodes - (pending == nil ? 0 : 1)
        && (pending ?? []).allSatisfy { transition in
          [transition.state, transition.next ?? transition.state].allSatisfy {
            $0.count == StateEncoding.width && $0.allSatisfy(\.isFinite)
          } && (0...1).contains(transition.action) && transition.reward.isFinite
        }
    }
  }

  /// - Precondition: the search space contains the demonstrations.
  public func search(_ log: SearchLog) throws(SearchLog.End) {
    LinearAlgebra.useOneThread()
    precondition(demonstrations.allSatisfy(log.problem.space.contains))
    let environment = AgentEnvironment(log.problem)
    let state = try log.resumed(as: State.self)
    let agent = try learner(log, from: state?.agent)
    var index = log.result.episodes.count
    // What is still to be learned; never while the agent chooses.
    var pending = state?.pending
    while true {
      let origin: Episode.Origin
      let walk: AgentEnvironment.Walk
      let steps: [Step]
      if index < demonstrations.count {
        origin = .given
        let demonstration = demonstrations[index]
        (walk, steps) = take(environment) { environment.action(for: $1, in: demonstration) }
      } else {
        origin = agent.sigma.map { .agent(sigma: $0) } ?? .random
        (walk, steps) = take(environment) { state, _ in agent.explore(state) }
      }
      let policy = try SearchLog.End.unless { () throws(NetworkCostFailure) in
        try environment.policy(after: walk)
      }
      let episode: Episode
      switch updates {
      case .immediate: episode = try log.measure(policy, from: origin)
      case .late:
        if let pending { agent.learn(pending) }
        episode = try log.measure(policy, from: origin)
      case .overlapped:
        let other = pending.map { transitions in OtherThread { agent.learn(transitions) } }
        defer { other?.wait() }
        episode = try log.measure(policy, from: origin)
      }
      let experience = transitions(steps, of: episode)
      if updates == .immediate { agent.learn(experience) } else { pending = experience }
      index += 1
      try log.keep { State(agent: agent.state, pending: pending) }
    }
  }

  /// A new agent, or a restored one.
  private func learner(_ log: SearchLog, from state: DDPGState?) throws(SearchLog.End) -> DDPG {
    guard let state, let checkpoint = log.resumption?.checkpoint else {
      return DDPG(stateWidth: StateEncoding.width, options: agent, seed: log.options.seed)
    }
    do {
      return try DDPG(stateWidth: StateEncoding.width, options: agent, restoring: state)
    } catch {
      throw log.unreadable(checkpoint, error)
    }
  }

  private struct Step {
    var state: [Float]
    var action: Double
  }

  /// Walks through all decisions with the actions that `choose` gives for states and decisions.
  private func take(
    _ environment: AgentEnvironment, _ choose: ([Float], AgentEnvironment.Decision) -> Double
  ) -> (AgentEnvironment.Walk, [Step]) {
    var walk = environment.begin()
    var steps: [Step] = []
    while let decision = walk.decision {
      let state = walk.state
      let action = choose(state, decision)
      steps.append(Step(state: state, action: action))
      walk.take(action)
    }
    return (walk, steps)
  }

  /// Every step of an episode earns the reward of its end.
  ///
  /// The agent learns from what it chose, before the budget lowered it, as in the paper's code.
  private func transitions(_ steps: [Step], of episode: Episode) -> [Transition] {
    steps.indices.map { i in
      Transition(
        state: steps[i].state, action: Float(steps[i].action), reward: Float(episode.reward),
        next: i + 1 < steps.count ? steps[i + 1].state : nil)
    }
  }
}
