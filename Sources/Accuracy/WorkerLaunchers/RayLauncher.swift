public import Evaluation
import Foundation
public import Specs

/// Evaluators in actors of a Ray cluster, each behind `ray_worker.py`, which passes on lines.
public struct RayLauncher: WorkerLauncher {
  public let name = "ray"
  public let isRemote = true
  private let program: LaunchProgram
  private let script: String
  private let request: LauncherDocument
  private let options: LauncherDocument.Ray
  private let threads: Int?

  /// - Parameters:
  ///   - request: What a worker asks of the cluster.
  ///   - script: The path of `ray_worker.py`.
  ///   - threads: Of an evaluator, which is how many CPUs a worker asks for where `request` does not say; nil asks for 1.
  ///   - environment: Of this process.
  /// - Throws: a `Diagnostic` where the Python program does not exist.
  public init(
    _ request: LauncherDocument, _ options: LauncherDocument.Ray, script: String, threads: Int?,
    environment: [String: String]
  ) throws {
    program = try LaunchProgram(
      options.python, searching: environment["PATH"],
      hint: "Name the Python that has Ray under \"python\" of --launcher-options.")
    (self.request, self.options, self.threads) = (request, options, threads)
    self.script = script
  }

  public func launch(_ evaluator: EvaluatorLaunch, worker number: Int) -> EvaluatorLaunch {
    evaluator.behind(
      program,
      arguments: [
        script, "--address", options.address, "--name", "haq-worker-\(number)",
        "--cpus", "\(request.cpus ?? threads ?? 1)", "--gpus", "\(request.gpus ?? 0)", "--",
        evaluator.executable.path,
      ] + evaluator.arguments,
      attempts: request.attempts)
  }
}
