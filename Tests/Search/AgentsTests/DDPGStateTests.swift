import Agents
import Foundation
import Testing

/// An agent that is made from a kept state goes on as the one it was taken from.
@Suite struct DDPGStateTests {
  init() { LinearAlgebra.useOneThread() }

  private static func options(capacity: Int = 40) -> DDPGOptions {
    var options = DDPGOptions()
    (options.hidden1, options.hidden2, options.batch) = (16, 12, 8)
    // Less than the transitions of all episodes, so that the oldest are forgotten.
    (options.warmUpEpisodes, options.replayCapacity) = (3, capacity)
    return options
  }

  /// Two numbers a state, five steps an episode; what the agent chose, bit by bit.
  private static func episode(_ agent: DDPG) -> [UInt64] {
    let states: [[Float]] = (0..<5).map { [Float($0) / 4, 0.5] }
    let actions = states.map { agent.explore($0) }
    agent.learn(
      states.indices.map { i in
        Transition(
          state: states[i], action: Float(actions[i]), reward: Float(actions.reduce(0, +)),
          next: i + 1 < 5 ? states[i + 1] : nil)
      })
    return actions.map(\.bitPattern)
  }

  private static func kept(_ state: DDPGState) throws -> DDPGState {
    let encoder = PropertyListEncoder()
    encoder.outputFormat = .binary
    return try PropertyListDecoder().decode(DDPGState.self, from: encoder.encode(state))
  }

  @Test("after any number of episodes, in the warm-up too", arguments: [0, 2, 3, 7, 20])
  func goesOn(episodes: Int) throws {
    let whole = DDPG(stateWidth: 2, options: Self.options(), seed: 7)
    for _ in 0..<episodes { _ = Self.episode(whole) }
    let state = try Self.kept(whole.state)
    let resumed = try DDPG(stateWidth: 2, options: Self.options(), restoring: state)
    #expect(resumed.episode == episodes && resumed.baseline?.bitPattern == whole.baseline?.bitPattern)
    for _ in 0..<10 { #expect(Self.episode(resumed) == Self.episode(whole)) }
    // Twenty episodes have trained the networks; a new agent acts otherwise.
    let new = DDPG(stateWidth: 2, options: Self.options(), seed: 8)
    #expect(new.act([0.25, 0.5]).bitPattern != resumed.act([0.25, 0.5]).bitPattern)
  }

  @Test("a state of other options is refused, not taken for one of these")
  func unfit() throws {
    let state = DDPG(stateWidth: 2, options: Self.options(), seed: 7).state
    #expect(throws: DDPGState.Unfit.self) {
      try DDPG(stateWidth: 3, options: Self.options(), restoring: state)
    }
    #expect(throws: DDPGState.Unfit.self) {
      try DDPG(stateWidth: 2, options: Self.options(capacity: 41), restoring: state)
    }
    #expect(throws: DDPGState.Unfit.self) {
      try DDPG(stateWidth: 2, options: DDPGOptions(), restoring: state)
    }
  }
}
