import Agents
import RandomNumbers
import Testing

@Suite struct ActorCriticTests {
  private static let rows = 6

  private static func small(seed: UInt64) -> (ActorCritic<Double>, MiniBatch<Double>, goals: [Double]) {
    var options = DDPGOptions()
    (options.hidden1, options.hidden2, options.batch) = (7, 5, rows)
    var source = RandomSource(seed: seed)
    let networks = ActorCritic<Double>(stateWidth: 3, options: options, from: &source)
    var batch = MiniBatch<Double>(rows: rows, stateWidth: 3)
    for i in batch.states.indices {
      batch.states[i] = source.uniform()
      batch.nextStates[i] = source.uniform()
    }
    for i in 0..<rows {
      batch.actions[i] = source.uniform()
      batch.rewards[i] = source.uniform()
    }
    batch.continues[rows - 1] = false
    return (networks, batch, (0..<rows).map { _ in source.uniform() })
  }

  /// Compares each derivative with (loss(w + h) - loss(w - h)) / 2h.
  private static func check(
    _ perceptron: Perceptron<Double>, loss: () -> Double, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    _ = loss()
    let gradients = perceptron.layers.map(\.gradient)
    let step = 1e-6
    var largest = 0.0
    for layer in perceptron.layers.indices {
      for weight in perceptron.layers[layer].values.indices {
        let value = perceptron.layers[layer].values[weight]
        perceptron.layers[layer].values[weight] = value + step
        let above = loss()
        perceptron.layers[layer].values[weight] = value - step
        let below = loss()
        perceptron.layers[layer].values[weight] = value
        let expected = (above - below) / (2 * step)
        let difference = abs(gradients[layer][weight] - expected)
        #expect(
          difference < 1e-7, "layer \(layer), weight \(weight): \(gradients[layer][weight]), not \(expected)",
          sourceLocation: sourceLocation)
        largest = max(largest, abs(expected))
      }
    }
    // A loss that does not depend on the weights would pass the comparison.
    #expect(largest > 1e-3, sourceLocation: sourceLocation)
  }

  @Test("every derivative of the critic's loss equals its finite difference", arguments: [1, 2, 3])
  func critic(seed: UInt64) {
    let (networks, batch, goals) = Self.small(seed: seed)
    Self.check(networks.critic) { networks.differentiateCritic(batch, goals: goals) }
  }

  @Test("every derivative of the actor's loss equals its finite difference", arguments: [1, 2, 3])
  func actor(seed: UInt64) {
    let (networks, batch, _) = Self.small(seed: seed)
    Self.check(networks.actor) { networks.differentiateActor(batch) }
  }

  @Test("the critic adds the embeddings of state and action, and the losses are as defined")
  func losses() {
    let (networks, batch, goals) = Self.small(seed: 4)
    func value(_ net: Perceptron<Double>, _ inputs: [Double]) -> Double {
      var signal = inputs
      for (index, layer) in net.layers.enumerated() {
        signal = (0..<layer.columns).map { unit in
          let bias = layer.values[(layer.rows - 1) * layer.columns + unit]
          let sum = signal.enumerated().reduce(bias) {
            $0 + $1.element * layer.values[$1.offset * layer.columns + unit]
          }
          return index < 2 ? max(sum, 0) : sum
        }
      }
      return signal[0]
    }
    func power(_ x: Double) -> Double {
      // exp by its series, so that the sigmoid here shares nothing with the one under test.
      var (sum, term) = (1.0, 1.0)
      for n in 1..<40 {
        term *= x / Double(n)
        sum += term
      }
      return sum
    }
    let states = (0..<Self.rows).map { Array(batch.states[($0 * 3)..<($0 * 3 + 3)]) }
    let criticLoss =
      (0..<Self.rows).reduce(0.0) { sum, row in
        let error = value(networks.critic, states[row] + [batch.actions[row]]) - goals[row]
        return sum + error * error
      } / Double(Self.rows)
    #expect(abs(networks.differentiateCritic(batch, goals: goals) - criticLoss) < 1e-12)

    let actions = states.map { 1 / (1 + power(-value(networks.actor, $0))) }
    let actorLoss =
      zip(states, actions).reduce(0.0) { $0 - value(networks.critic, $1.0 + [$1.1]) } / Double(Self.rows)
    #expect(abs(networks.differentiateActor(batch) - actorLoss) < 1e-12)
    #expect(abs(networks.action(for: states[0]) - actions[0]) < 1e-12)
  }

  @Test("the targets begin as copies and follow by the stated share")
  func targets() {
    let (networks, batch, _) = Self.small(seed: 5)
    let before = networks.criticTarget.layers[1].values
    #expect(before == networks.critic.layers[1].values)
    networks.update(batch, baseline: 0)
    let after = networks.criticTarget.layers[1].values
    let trained = networks.critic.layers[1].values
    #expect(trained != before)
    for i in before.indices {
      #expect(abs(after[i] - (0.99 * before[i] + 0.01 * trained[i])) < 1e-15)
    }
  }
}

@Suite struct TrainedMatrixTests {
  @Test("two steps of Adam are those computed by hand")
  func adam() {
    var matrix = TrainedMatrix<Double>(rows: 1, columns: 1, values: [1])
    var target = [0.0]
    // m = 0.1 * 0.5, v = 0.001 * 0.25; corrected 0.5 and 0.25: w = 1 - 0.1 * 0.5 / (0.5 + 1e-8).
    matrix.gradient = [0.5]
    matrix.step(rate: (0.1, 0.01), target: &target)
    let first = 1 - 0.1 * 0.5 / (0.5 + 1e-8)
    #expect(abs(matrix.values[0] - first) < 1e-14)
    #expect(abs(target[0] - 0.01 * first) < 1e-14)
    // m = 0.9 * 0.05 - 0.1 * 0.25 = 0.02, corrected by 1 - 0.81; v = 0.999 * 0.00025 + 0.001 * 0.0625
    // = 0.00031225, corrected by 1 - 0.998001.
    matrix.gradient = [-0.25]
    matrix.step(rate: (0.1, 0.01), target: &target)
    let second = first - 0.1 * (0.02 / 0.19) / ((0.00031225 / 0.001999).squareRoot() + 1e-8)
    #expect(abs(matrix.values[0] - second) < 1e-14)
    #expect(abs(target[0] - (0.99 * 0.01 * first + 0.01 * second)) < 1e-14)
  }
}
