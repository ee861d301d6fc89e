import Agents
import Core

/// A policy that the agent chose and knows no reward of yet.
struct AgentProposal: Codable {
  var policy: Policy
  var origin: Episode.Origin
  /// One for each decision, as they were chosen: before the budget lowered the policy.
  var actions: [Double]

  /// Whether the search can go on with a proposal that was read.
  ///
  /// - Parameter decisions: How many the problem has.
  func isPossible(_ problem: SearchProblem, decisions: Int) -> Bool {
    let isAgents =
      switch origin {
      case .given, .random: true
      case .agent(let sigma): sigma.isFinite && sigma >= 0
      default: false
      }
    return isAgents && problem.allows(policy) && actions.count == decisions
      && actions.allSatisfy { (0...1).contains($0) }
  }
}

extension AgentEnvironment {
  /// What an episode teaches: each of its steps earns the reward of its end, as in the paper's code.
  ///
  /// - Precondition: there is an action within 0...1 for each decision.
  func transitions(taking actions: [Double], earning reward: Double) -> [Transition] {
    var walk = begin()
    let states = actions.map { action in
      let state = walk.state
      walk.take(action)
      return state
    }
    return states.indices.map { step in
      Transition(
        state: states[step], action: Float(actions[step]), reward: Float(reward),
        next: step + 1 < states.count ? states[step + 1] : nil)
    }
  }
}
