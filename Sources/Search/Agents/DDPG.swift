import RandomNumbers

/// A deep deterministic policy gradient agent with one continuous action in 0...1.
///
/// Lillicrap et al., ICLR 2016, in the form of HAQ (CVPR 2019, section 3.4): rewards are compared
/// with a moving average of past rewards, and exploration is a truncated normal around the
/// actor's action. Equal seeds and calls give equal bytes on one machine, provided that
/// `LinearAlgebra.useOneThread` was called.
public final class DDPG {
  public let options: DDPGOptions
  /// Episodes ended so far.
  public private(set) var episode = 0
  /// The moving average of mini-batches' mean rewards; nil before the first update.
  public private(set) var baseline: Double?
  private let networks: ActorCritic<Float>
  private var replay: ReplayBuffer
  private var source: RandomSource
  private var batch: MiniBatch<Float>
  private var positions: [Int]

  public init(stateWidth: Int, options: DDPGOptions = DDPGOptions(), seed: UInt64) {
    self.options = options
    source = RandomSource(seed: seed)
    networks = ActorCritic(stateWidth: stateWidth, options: options, from: &source)
    replay = ReplayBuffer(capacity: options.replayCapacity)
    batch = MiniBatch(rows: options.batch, stateWidth: stateWidth)
    positions = Array(repeating: 0, count: options.batch)
  }

  /// Goes on from a state that was kept; `options` must be those of the agent it was taken from.
  ///
  /// Throws `DDPGState.Unfit` when the state cannot be of these options.
  public init(stateWidth: Int, options: DDPGOptions, restoring state: DDPGState) throws(DDPGState.Unfit) {
    guard state.episode >= 0, state.baseline?.isFinite ?? true,
      state.replay.capacity == options.replayCapacity,
      state.replay.holdsStates(of: stateWidth)
    else { throw DDPGState.Unfit() }
    self.options = options
    var unused = RandomSource(seed: 0)
    networks = ActorCritic(stateWidth: stateWidth, options: options, from: &unused)
    try networks.restore(state.networks)
    (source, replay, episode, baseline) = (state.source, state.replay, state.episode, state.baseline)
    batch = MiniBatch(rows: options.batch, stateWidth: stateWidth)
    positions = Array(repeating: 0, count: options.batch)
  }

  /// What `init(stateWidth:options:restoring:)` continues from; about 3 MB with the default options.
  public var state: DDPGState {
    DDPGState(
      episode: episode, baseline: baseline, source: source, replay: replay, networks: networks.state)
  }

  /// The standard deviation of the exploration in this episode; nil during the warm-up.
  public var sigma: Double? {
    guard episode >= options.warmUpEpisodes else { return nil }
    var sigma = options.sigma
    for _ in options.warmUpEpisodes..<episode { sigma *= options.sigmaDecay }
    return sigma
  }

  /// The action for `state`: uniform during the warm-up, explored around the actor's afterwards.
  public func explore(_ state: [Float]) -> Double {
    guard let sigma else { return source.uniform() }
    // A decay of 0, or thousands of episodes, leave nothing to explore with.
    guard sigma > 1e-9 else { return act(state) }
    return TruncatedNormal(mean: act(state), sigma: sigma).sample(from: &source)
  }

  /// The actor's own action for `state`.
  public func act(_ state: [Float]) -> Double { Double(networks.action(for: state)) }

  /// Ends an episode: remembers its transitions and, after the warm-up, learns after each.
  public func learn(_ transitions: [Transition]) {
    let isWarm = episode >= options.warmUpEpisodes
    for transition in transitions {
      replay.append(transition)
      guard isWarm, replay.count >= options.batch else { continue }
      for _ in 0..<options.updatesPerStep { update() }
    }
    episode += 1
  }

  private func update() {
    replay.draw(into: &positions, from: &source)
    for (row, position) in positions.enumerated() { batch.set(row, to: replay[position]) }
    let mean = batch.rewards.reduce(0) { $0 + Double($1) } / Double(batch.rows)
    let updated = baseline.map { $0 + options.baselineRate * (mean - $0) } ?? mean
    baseline = updated
    networks.update(batch, baseline: Float(updated))
  }
}
