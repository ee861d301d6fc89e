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
  /// A policy is chosen with the rewards of all before it but the last `rewardLag - 1`; 1 is the paper's order.
  ///
  /// As many evaluators can measure at once. A lag that is fixed lets policies depend on nothing else: not on how many
  /// evaluators there are, nor on which is first. Warm-up and exploration go by the rewards that the agent knows.
  public var rewardLag: Int

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
    agent: DDPGOptions = DDPGOptions(), demonstrations: [Policy] = [], updates: Updates = .immediate,
    rewardLag: Int = 1
  ) {
    self.agent = agent
    self.demonstrations = demonstrations
    self.updates = updates
    self.rewardLag = rewardLag
  }

  public var stateFormat: String? { State.format }

  private struct State: MethodState {
    static let format = "ddpg/1"
    var agent: DDPGState
    var pending: [Transition]?
    /// Chosen and not measured, in order; nil when there are none.
    var proposals: [AgentProposal]?

    func isPossible(_ problem: SearchProblem, after episodes: Int) -> Bool {
      // What is pending was measured and not learned of.
      agent.episodeCount == episodes - (pending == nil ? 0 : 1)
        && (pending ?? []).allSatisfy { transition in
          [transition.state, transition.next ?? transition.state].allSatisfy {
            $0.count == StateEncoding.width && $0.allSatisfy(\.isFinite)
          } && (0...1).contains(transition.action) && transition.reward.isFinite
        } && arePossible(proposals ?? [], problem)
    }

    private func arePossible(_ proposals: [AgentProposal], _ problem: SearchProblem) -> Bool {
      guard !proposals.isEmpty else { return true }
      let decisions = AgentEnvironment(problem).decisions.count
      return proposals.allSatisfy { $0.isPossible(problem, decisions: decisions) }
    }
  }

  /// - Precondition: the search space contains the demonstrations; the reward lag is at least 1, and 1 unless updates
  ///   are immediate.
  public func search(_ log: SearchLog) throws(SearchLog.End) {
    LinearAlgebra.useOneThread()
    precondition(demonstrations.allSatisfy(log.problem.space.contains))
    precondition(rewardLag >= 1 && (rewardLag == 1 || updates == .immediate))
    let environment = AgentEnvironment(log.problem)
    let state = try resumed(log)
    let agent = try learner(log, from: state?.agent)
    // What is still to be learned; never while the agent chooses.
    var pending = state?.pending
    var proposals = state?.proposals ?? []
    while true {
      while proposals.count < max(1, min(rewardLag, log.remaining)) {
        let index = log.result.episodes.count + proposals.count
        proposals.append(try propose(index, agent, environment))
      }
      if rewardLag > 1 { log.expect(proposals.map(\.policy)) }
      let proposal = proposals.removeFirst()
      let episode: Episode
      switch updates {
      case .immediate: episode = try log.measure(proposal.policy, from: proposal.origin)
      case .late:
        if let pending { agent.learn(pending) }
        episode = try log.measure(proposal.policy, from: proposal.origin)
      case .overlapped:
        let other = pending.map { transitions in OtherThread { agent.learn(transitions) } }
        defer { other?.wait() }
        episode = try log.measure(proposal.policy, from: proposal.origin)
      }
      let experience = environment.transitions(taking: proposal.actions, earning: episode.reward)
      if updates == .immediate { agent.learn(experience) } else { pending = experience }
      try log.keep {
        State(agent: agent.state, pending: pending, proposals: proposals.isEmpty ? nil : proposals)
      }
    }
  }

  /// The state to go on from, with as many proposals as the lag leaves after the episodes that it is of.
  private func resumed(_ log: SearchLog) throws(SearchLog.End) -> State? {
    guard let state = try log.resumed(as: State.self), let checkpoint = log.resumption?.checkpoint else {
      return nil
    }
    let (found, expected) = ((state.proposals ?? []).count, min(rewardLag - 1, log.remaining))
    guard found == expected else {
      throw log.unreadable(
        checkpoint,
        ImpossibleState(
          "it has \(found) policies that are to be measured; a reward lag of \(rewardLag) leaves \(expected)")
      )
    }
    return state
  }

  /// The policy of the episode `index`: a demonstration, or the agent's by what it has learned so far.
  private func propose(
    _ index: Int, _ agent: DDPG, _ environment: AgentEnvironment
  ) throws(SearchLog.End) -> AgentProposal {
    let demonstration = index < demonstrations.count ? demonstrations[index] : nil
    let chosen: Episode.Origin = agent.sigma.map { .agent(sigma: $0) } ?? .random
    var walk = environment.begin()
    var actions: [Double] = []
    while let decision = walk.decision {
      let action =
        demonstration.map { environment.action(for: decision, in: $0) } ?? agent.explore(walk.state)
      actions.append(action)
      walk.take(action)
    }
    let policy = try SearchLog.End.unless { () throws(NetworkCostFailure) in
      try environment.policy(after: walk)
    }
    return AgentProposal(
      policy: policy, origin: demonstration == nil ? chosen : .given, actions: actions)
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
}
