import RandomNumbers

/// Everything that an agent knows: networks, moments of their optimizer, replay memory, random stream, moving average.
///
/// An agent that is made from it goes on to the last bit as the one it was taken from would have.
public struct DDPGState: Codable, Sendable {
  var episode: Int
  var baseline: Double?
  var source: RandomSource
  var replay: ReplayBuffer
  var networks: ActorCriticState

  /// Episodes that the agent has learned of.
  public var episodeCount: Int { episode }

  /// Why a state cannot be that of an agent with these options.
  public struct Unfit: Error, CustomStringConvertible {
    public var description: String { "the agent's state is not one of these options" }
  }
}

/// The layers of the four networks.
struct ActorCriticState: Codable, Sendable {
  var actor: [MatrixState]
  var critic: [MatrixState]
  var actorTarget: [MatrixState]
  var criticTarget: [MatrixState]
}

/// A matrix with what Adam remembers of it; the gradient is made anew before every step.
struct MatrixState: Codable, Sendable {
  var values: PackedFloats
  var mean: PackedFloats
  var square: PackedFloats
  var steps: Int
}

extension ActorCritic<Float> {
  var state: ActorCriticState {
    ActorCriticState(
      actor: actor.layers.map(\.memory), critic: critic.layers.map(\.memory),
      actorTarget: actorTarget.layers.map(\.memory), criticTarget: criticTarget.layers.map(\.memory))
  }

  func restore(_ state: ActorCriticState) throws(DDPGState.Unfit) {
    let parts = [
      (actor, state.actor), (critic, state.critic), (actorTarget, state.actorTarget),
      (criticTarget, state.criticTarget),
    ]
    for (network, layers) in parts {
      guard layers.count == network.layers.count else { throw DDPGState.Unfit() }
      for index in layers.indices { try network.layers[index].restore(layers[index]) }
    }
  }
}
