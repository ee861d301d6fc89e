/// The hyperparameters of a `DDPG` agent; the defaults are those of HAQ (CVPR 2019, section 4).
public struct DDPGOptions: Hashable, Sendable, Codable {
  /// Units of the two hidden layers of actor and critic; the paper states 400 and 300, its code 300 and 300.
  public var hidden1 = 300
  public var hidden2 = 300
  public var actorRate = 1e-4
  public var criticRate = 1e-3
  /// The share by which target networks follow the trained ones at each update.
  public var targetPace = 0.01
  public var batch = 64
  /// Transitions remembered; the paper states 2000.
  public var replayCapacity = 2000
  public var discount = 1.0
  /// The weight of the newest mini-batch in the moving average that rewards are compared with.
  public var baselineRate = 0.5
  /// Standard deviation of the exploration after the warm-up, and its factor per episode.
  public var sigma = 0.5
  public var sigmaDecay = 0.99
  /// Episodes of uniformly random actions, without updates.
  public var warmUpEpisodes = 20
  /// Updates per transition after the warm-up.
  public var updatesPerStep = 1

  public init() {}
}
