public import Core

/// How a cost program is started, and what is done when it fails.
public struct CostProgramLaunch: Hashable, Sendable {
  /// Absolute path.
  public var executable: String
  public var arguments: [String]
  /// Where it works: the folder of the spec.
  public var folder: String
  /// What people call it, for messages.
  public var command: String
  /// Parameters of the spec, keys dotted.
  public var parameters: [String: Parameter.Value]
  /// The longest that it may send nothing while it is asked.
  public var timeoutSeconds: Double
  /// How often it may be started again without an answer in between.
  public var restarts = CostProgramLaunch.mostRestarts

  /// What `docs/cost-programs.md` states.
  public static let mostRestarts = 2
  public static let usualTimeoutSeconds = 600.0

  /// - Parameter words: The program and its arguments; not empty.
  /// - Parameter executable: Where the first word was found.
  public init(
    words: [String], executable: String, folder: String, parameters: [String: Parameter.Value] = [:],
    timeoutSeconds: Double? = nil
  ) {
    self.executable = executable
    arguments = Array(words.dropFirst())
    self.folder = folder
    command = words.joined(separator: " ")
    self.parameters = parameters
    self.timeoutSeconds = timeoutSeconds ?? Self.usualTimeoutSeconds
  }

  var timeout: Duration { .seconds(timeoutSeconds) }
}
