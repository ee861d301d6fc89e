import Foundation
public import WorkerLaunchers

extension LauncherOptions {
  /// What starts workers as these options say.
  ///
  /// - Parameters:
  ///   - threads: Of haq-evaluator; nil for a program of the user's.
  ///   - program: The absolute path of the running program; `ray_worker.py` is searched for near it.
  /// - Throws: a `Diagnostic` where the scheduler's program or `ray_worker.py` does not exist.
  public func makeLauncher(threads: Int?, program: String) throws -> any WorkerLauncher {
    let environment = ProcessInfo.processInfo.environment
    switch launcher {
    case .slurm(let options):
      return try SlurmLauncher(self, options, threads: threads, environment: environment)
    case .ray(let options):
      return try RayLauncher(
        self, options, script: try SearchPath.rayWorker(program: program), threads: threads,
        environment: environment)
    }
  }
}
