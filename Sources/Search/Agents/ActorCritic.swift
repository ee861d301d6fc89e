internal import Foundation
package import RandomNumbers

/// An actor and a critic, the copies that follow them, and the losses that train them.
///
/// The actor is sigmoid(perceptron(state)); the critic is perceptron(state, action), whose
/// first layer adds the embeddings of the two.
package final class ActorCritic<Scalar: BLASScalar> {
  package let stateWidth: Int
  package let actor: Perceptron<Scalar>
  package let critic: Perceptron<Scalar>
  package let actorTarget: Perceptron<Scalar>
  package let criticTarget: Perceptron<Scalar>
  private let options: DDPGOptions
  private var slope: [Scalar]
  private var actionSlope: [Scalar]
  private var actions: [Scalar]
  private var goals: [Scalar]

  package init(stateWidth: Int, options: DDPGOptions, from source: inout RandomSource) {
    self.stateWidth = stateWidth
    self.options = options
    func perceptron(_ embeddings: [Int]) -> Perceptron<Scalar> {
      Perceptron(
        embeddings: embeddings, hidden1: options.hidden1, hidden2: options.hidden2, batch: options.batch,
        from: &source)
    }
    actor = perceptron([stateWidth])
    critic = perceptron([stateWidth, 1])
    actorTarget = perceptron([stateWidth])
    criticTarget = perceptron([stateWidth, 1])
    actorTarget.layers = actor.layers
    criticTarget.layers = critic.layers
    slope = Array(repeating: 0, count: options.batch)
    (actionSlope, actions, goals) = (slope, slope, slope)
  }

  /// The actor's action for one state.
  package func action(for state: [Scalar]) -> Scalar {
    for (i, value) in state.enumerated() { actor.input[i] = value }
    actor.forward(rows: 1)
    return sigmoid(actor.output[0])
  }

  /// Sets the critic's gradient of the mean of (Q(s, a) - goal)^2, and returns that loss.
  package func differentiateCritic(_ batch: MiniBatch<Scalar>, goals: [Scalar]) -> Scalar {
    fill(critic, states: batch.states, actions: batch.actions)
    critic.forward(rows: batch.rows)
    var loss: Scalar = 0
    let scale = 2 / Scalar(batch.rows)
    for row in 0..<batch.rows {
      let error = critic.output[row] - goals[row]
      loss += error * error
      slope[row] = scale * error
    }
    critic.backward(slope: slope, rows: batch.rows)
    return loss / Scalar(batch.rows)
  }

  /// Sets the actor's gradient of the mean of -Q(s, actor(s)), and returns that loss.
  package func differentiateActor(_ batch: MiniBatch<Scalar>) -> Scalar {
    act(actor, states: batch.states, rows: batch.rows)
    fill(critic, states: batch.states, actions: actions)
    critic.forward(rows: batch.rows)
    var loss: Scalar = 0
    for row in 0..<batch.rows {
      loss -= critic.output[row]
      slope[row] = -1 / Scalar(batch.rows)
    }
    critic.slopeOfLastInput(slope: slope, rows: batch.rows, into: &actionSlope)
    for row in 0..<batch.rows { slope[row] = actionSlope[row] * actions[row] * (1 - actions[row]) }
    actor.backward(slope: slope, rows: batch.rows)
    return loss / Scalar(batch.rows)
  }

  /// One update: the critic towards reward - baseline + discount * Q'(s', actor'(s')), the actor
  /// towards what the critic likes, and both targets a little after them.
  package func update(_ batch: MiniBatch<Scalar>, baseline: Scalar) {
    act(actorTarget, states: batch.nextStates, rows: batch.rows)
    fill(criticTarget, states: batch.nextStates, actions: actions)
    criticTarget.forward(rows: batch.rows)
    let discount = Scalar(options.discount)
    for row in 0..<batch.rows {
      let future = batch.continues[row] ? discount * criticTarget.output[row] : 0
      goals[row] = batch.rewards[row] - baseline + future
    }
    _ = differentiateCritic(batch, goals: goals)
    for i in critic.layers.indices {
      critic.layers[i].step(
        rate: (options.criticRate, options.targetPace), target: &criticTarget.layers[i].values)
    }
    _ = differentiateActor(batch)
    for i in actor.layers.indices {
      actor.layers[i].step(
        rate: (options.actorRate, options.targetPace), target: &actorTarget.layers[i].values)
    }
  }

  /// Leaves the actions of `perceptron` for `states` in `actions`.
  private func act(_ perceptron: Perceptron<Scalar>, states: [Scalar], rows: Int) {
    for row in 0..<rows {
      for i in 0..<stateWidth {
        perceptron.input[row * (stateWidth + 1) + i] = states[row * stateWidth + i]
      }
    }
    perceptron.forward(rows: rows)
    for row in 0..<rows { actions[row] = sigmoid(perceptron.output[row]) }
  }

  private func fill(_ perceptron: Perceptron<Scalar>, states: [Scalar], actions: [Scalar]) {
    for row in 0..<min(actions.count, states.count / stateWidth) {
      let start = row * (stateWidth + 2)
      for i in 0..<stateWidth { perceptron.input[start + i] = states[row * stateWidth + i] }
      perceptron.input[start + stateWidth] = actions[row]
    }
  }
}

/// Transitions side by side, as the matrices that an update reads.
package struct MiniBatch<Scalar: BLASScalar> {
  package let rows: Int
  /// Row-major rows x state width; rows of `nextStates` that end an episode are not used.
  package var states: [Scalar]
  package var nextStates: [Scalar]
  package var actions: [Scalar]
  package var rewards: [Scalar]
  package var continues: [Bool]

  package init(rows: Int, stateWidth: Int) {
    self.rows = rows
    states = Array(repeating: 0, count: rows * stateWidth)
    nextStates = states
    actions = Array(repeating: 0, count: rows)
    rewards = actions
    continues = Array(repeating: true, count: rows)
  }

  package mutating func set(_ row: Int, to transition: Transition) {
    let width = states.count / rows
    for i in 0..<width {
      states[row * width + i] = Scalar(transition.state[i])
      nextStates[row * width + i] = Scalar(transition.next?[i] ?? 0)
    }
    actions[row] = Scalar(transition.action)
    rewards[row] = Scalar(transition.reward)
    continues[row] = transition.next != nil
  }
}

/// 1 / (1 + exp(-x)), computed in double precision.
private func sigmoid<Scalar: BLASScalar>(_ x: Scalar) -> Scalar { Scalar(1 / (1 + exp(-Double(x)))) }
