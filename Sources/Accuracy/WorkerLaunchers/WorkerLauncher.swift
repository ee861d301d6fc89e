public import Evaluation
import Foundation

/// Where evaluators run. An implementation puts the program of a scheduler that exists in front of an evaluator's
/// command; it schedules nothing itself.
public protocol WorkerLauncher: Sendable {
  /// The word of `--worker-launcher`.
  var name: String { get }

  /// Whether workers come and go with machines of their own, rather than share this one.
  var isRemote: Bool { get }

  /// How a worker is started.
  ///
  /// - Parameters:
  ///   - evaluator: How it would be started here.
  ///   - number: Of the worker, from 1.
  func launch(_ evaluator: EvaluatorLaunch, worker number: Int) -> EvaluatorLaunch
}

/// Evaluators as child processes on this machine.
public struct LocalLauncher: WorkerLauncher {
  public let name = "local"
  public let isRemote = false

  public init() {}

  public func launch(_ evaluator: EvaluatorLaunch, worker number: Int) -> EvaluatorLaunch { evaluator }
}

extension EvaluatorLaunch {
  /// The same evaluator behind another program, which says hello for it; messages keep its own command line.
  func behind(_ program: LaunchProgram, arguments: [String], attempts: Int) -> EvaluatorLaunch {
    var launch = self
    launch.executable = program.file
    launch.arguments = arguments
    launch.remote = Remote(attempts: attempts)
    return launch
  }
}
