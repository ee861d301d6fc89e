/// What is different about workers on other machines.
public struct RemoteTerms: Hashable, Sendable {
  /// How often a worker is launched in a row without coming up, before it is given up.
  public var attempts: Int
  /// Before the second attempt; twice as much before each further one, at most `longestPause`.
  public var firstPause: Duration

  public static let longestPause = Duration.seconds(60)
  /// How long a launcher may take to end what it launched.
  public static let patience = Duration.seconds(15)

  public init(attempts: Int, firstPause: Duration = .seconds(1)) {
    (self.attempts, self.firstPause) = (attempts, firstPause)
  }
}
