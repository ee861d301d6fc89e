public import Foundation

/// How an evaluator is started, and what is done when it fails.
public struct EvaluatorLaunch: Sendable {
  public var executable: URL
  public var arguments: [String]
  /// What people call it, for messages.
  public var command: String
  /// How long it may send nothing while it is asked; nil waits for ever.
  public var timeout: Duration?
  /// File that its standard error is appended to; nil uses the caller's.
  public var log: URL?
  /// How often one question may start it again after a crash or silence.
  public var restarts = 0
  /// Of a program that stands for one on another machine, as `srun` does; nil for one of this machine.
  public var remote: Remote?

  /// What is different about evaluators on other machines.
  public struct Remote: Hashable, Sendable {
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

  /// What `docs/evaluator.md` states: a question is given up after three failures.
  public static let mostRestarts = 2

  public init(executable: URL, arguments: [String]) {
    self.executable = executable
    self.arguments = arguments
    command = ([executable.lastPathComponent] + arguments).joined(separator: " ")
  }

  /// A shell command, such as "python3 my_eval.py --fast"; a shell splits it into words.
  public init(shellCommand: String) {
    self.init(executable: URL(filePath: "/bin/sh"), arguments: ["-c", "exec \(shellCommand)"])
    command = shellCommand
  }
}
