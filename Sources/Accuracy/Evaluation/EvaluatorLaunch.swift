public import Foundation
public import WorkerLaunchers

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
  public var remote: RemoteTerms?

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

extension WorkerLauncher {
  /// How an evaluator is started; messages keep its own command line.
  ///
  /// - Parameters:
  ///   - evaluator: How it would be started here.
  ///   - number: Of the worker, from 1.
  public func launch(_ evaluator: EvaluatorLaunch, worker number: Int) -> EvaluatorLaunch {
    let command = command(
      WorkerCommand(executable: evaluator.executable, arguments: evaluator.arguments),
      named: "haq-worker-\(number)")
    var launch = evaluator
    (launch.executable, launch.arguments) = (command.executable, command.arguments)
    launch.remote = remote
    return launch
  }
}
