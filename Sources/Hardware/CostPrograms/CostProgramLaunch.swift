public import Core
import Foundation
public import WorkerLaunchers

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
  /// Of a launcher that stands for the program on another machine, as `srun` does; nil for one of this machine.
  public var remote: RemoteTerms?

  /// What a cluster lists it as.
  static let jobName = "haq-cost-program"
  /// What `docs/cost-programs.md` states.
  public static let mostRestarts = 2
  /// How often it may be lost without an answer in between; its machine fails at this question, or nearly always.
  static let mostLosses = 5
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

  /// The same program, started by `launcher`; messages and recorded answers keep its own command.
  public func launched(by launcher: any WorkerLauncher) -> CostProgramLaunch {
    let here = WorkerCommand(executable: URL(filePath: executable), arguments: arguments)
    let command = launcher.command(here, named: Self.jobName)
    var launch = self
    (launch.executable, launch.arguments) = (command.executable.path, command.arguments)
    launch.remote = launcher.remote
    return launch
  }
}
