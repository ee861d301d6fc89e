public import Foundation

/// What a method had in mind after a number of episodes, apart from the answers: networks, replay memory, random
/// generators, populations.
///
/// A resumed search restores it instead of computing everything again.
public struct Checkpoint: Hashable, Sendable {
  /// Measured before it was taken.
  public var episodes: Int
  /// What the state is, such as `ddpg/1`; a method takes up nothing else.
  public var format: String
  /// A binary property list.
  public var state: Data

  public init(episodes: Int, format: String, state: Data) {
    self.episodes = episodes
    self.format = format
    self.state = state
  }

  /// Episodes from one to the next: an agent's state takes longer to write than a policy.
  public static let interval = 10

  init(episodes: Int, _ state: some MethodState) throws {
    let encoder = PropertyListEncoder()
    encoder.outputFormat = .binary
    self.init(episodes: episodes, format: type(of: state).format, state: try encoder.encode(state))
  }

  func state<State: MethodState>(as type: State.Type) throws -> State {
    try PropertyListDecoder().decode(type, from: state)
  }
}

/// The state of a method between two episodes.
///
/// A new `format` is due whenever a method would go on otherwise from the same bytes.
protocol MethodState: Codable {
  static var format: String { get }

  /// Whether the method can go on from a state that was read, in a search that has come so far.
  ///
  /// A state is what some file says; a method may trust what this lets through.
  func isPossible(_ problem: SearchProblem, after episodes: Int) -> Bool
}

/// An interrupted search, to be resumed.
public struct Resumption: Sendable {
  /// Everything measured, in order; at least as many as in the checkpoint.
  public var episodes: [Episode]
  public var checkpoint: Checkpoint

  /// Throws when the checkpoint is of a later episode.
  public init(episodes: [Episode], checkpoint: Checkpoint) throws {
    guard (0...episodes.count).contains(checkpoint.episodes) else {
      throw UnreadableCheckpoint(
        checkpoint: checkpoint, cause: ImpossibleState("only \(episodes.count) episodes are recorded"))
    }
    self.episodes = episodes
    self.checkpoint = checkpoint
  }
}

/// What is wrong with a state.
struct ImpossibleState: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}

/// A state that was kept cannot be read.
struct UnreadableCheckpoint: Error, CustomStringConvertible {
  var checkpoint: Checkpoint
  var cause: any Error

  var description: String {
    """
    the state of \(checkpoint.format) that was kept after \(checkpoint.episodes) episodes cannot be read: \(cause). \
    A new study takes the answers over: `haq study resume` with --fork
    """
  }
}
