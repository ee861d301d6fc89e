import Agents
import Testing

@Suite struct DDPGTests {
  init() { LinearAlgebra.useOneThread() }

  /// Five steps whose best action is 0.8 - 0.6 x of the state x; all earn the episode's mean -(error)^2.
  private static let states: [[Float]] = [[0], [0.25], [0.5], [0.75], [1]]

  private static func error(_ action: Double, _ state: [Float]) -> Double {
    let difference = action - (0.8 - 0.6 * Double(state[0]))
    return difference * difference
  }

  private static func options() -> DDPGOptions {
    var options = DDPGOptions()
    (options.hidden1, options.hidden2, options.batch) = (32, 32, 32)
    (options.actorRate, options.criticRate, options.sigmaDecay) = (1e-3, 5e-3, 0.985)
    return options
  }

  private static func trained(seed: UInt64, episodes: Int) -> DDPG {
    let agent = DDPG(stateWidth: 1, options: options(), seed: seed)
    for _ in 0..<episodes {
      let actions = states.map { agent.explore($0) }
      let reward = -zip(actions, states).reduce(0) { $0 + error($1.0, $1.1) }
      agent.learn(
        states.indices.map { i in
          Transition(
            state: states[i], action: Float(actions[i]), reward: Float(reward),
            next: i + 1 < states.count ? states[i + 1] : nil)
        })
    }
    return agent
  }

  @Test("learns an optimum that depends on the state", arguments: [1, 2, 3])
  func learns(seed: UInt64) {
    let agent = Self.trained(seed: seed, episodes: 300)
    let error = Self.states.reduce(0) { $0 + Self.error(agent.act($1), $1) } / 5
    // Uniform actions err by 1/12 + the mean of (optimum - 0.5)^2 = 0.0833 + 0.045 = 0.128 on
    // average; the best constant, 0.5, by 0.045.
    #expect(error < 0.0225)
  }

  @Test("equal seeds give equal bytes, another seed others")
  func deterministic() {
    func actions(_ seed: UInt64) -> [UInt64] {
      let agent = Self.trained(seed: seed, episodes: 40)
      return Self.states.map { agent.explore($0).bitPattern }
    }
    let first = actions(9)
    #expect(first == actions(9))
    #expect(first != actions(10))
  }

  @Test("explores uniformly for 20 episodes, then with a sigma of 0.5 that decays by 0.99")
  func exploration() {
    let agent = DDPG(stateWidth: 1, seed: 1)
    for _ in 0..<20 {
      #expect(agent.sigma == nil)
      agent.learn([])
    }
    #expect(agent.sigma == 0.5)
    agent.learn([])
    agent.learn([])
    #expect(abs(agent.sigma! - 0.5 * 0.99 * 0.99) < 1e-15)
  }

  @Test("the baseline is a moving average of rewards: constant rewards give just them")
  func baseline() {
    var options = Self.options()
    (options.warmUpEpisodes, options.batch) = (0, 4)
    let agent = DDPG(stateWidth: 1, options: options, seed: 1)
    let transition = Transition(state: [0], action: 0.5, reward: -0.75, next: nil)
    agent.learn([transition, transition, transition])
    #expect(agent.baseline == nil, "three transitions do not fill a batch of four")
    agent.learn([transition])
    #expect(agent.baseline == -0.75)
    // Every batch mean lies between the two rewards, so their average does too.
    agent.learn(Array(repeating: Transition(state: [0], action: 0.5, reward: 0.25, next: nil), count: 40))
    #expect(agent.baseline! > -0.75 && agent.baseline! < 0.25)
  }

  @Test("the linear algebra is OpenBLAS, on one thread")
  func library() {
    #expect(LinearAlgebra.configuration.contains("OpenBLAS"))
    #expect(LinearAlgebra.threads == 1)
  }
}
