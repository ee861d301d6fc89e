import Agents
import RandomNumbers

/// What the agent takes of an episode on a network of 53 layers: 106 decisions and as many updates.
struct AgentBenchmark: Benchmark {
  /// Two decisions for each of 53 layers.
  private static let steps = 106
  /// Numbers in the state of HAQ (CVPR 2019), section 3.1.
  private static let stateWidth = 10

  func measure(runs: Int) -> [Measurement] {
    LinearAlgebra.useOneThread()
    var source = RandomSource(seed: 1)
    let agent = DDPG(stateWidth: Self.stateWidth, seed: 1)
    // The warm-up fills the replay buffer; one more episode pages in what updates use.
    for _ in 0...agent.options.warmUpEpisodes { Self.episode(of: agent, from: &source) }
    let times = (0..<runs).map { _ in seconds { Self.episode(of: agent, from: &source) } }
    let options = agent.options
    return [
      Measurement(
        "agent, episode of \(Self.steps) steps and updates of \(options.batch), "
          + "\(options.hidden1)/\(options.hidden2) units, 1 thread",
        seconds: times, floorMilliseconds: 120)
    ]
  }

  /// States and rewards are random: the arithmetic does not depend on them.
  private static func episode(of agent: DDPG, from source: inout RandomSource) {
    let states = (0..<steps).map { _ in (0..<stateWidth).map { _ in Float(source.uniform()) } }
    let actions = states.map { Float(agent.explore($0)) }
    let reward = -Float(source.uniform())
    agent.learn(
      states.indices.map { step in
        Transition(
          state: states[step], action: actions[step], reward: reward,
          next: step + 1 < steps ? states[step + 1] : nil)
      })
  }
}
