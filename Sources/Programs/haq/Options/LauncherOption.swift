import ArgumentParser
import Core
import Diagnostics
import Foundation
import Specs
import Targets
import Terminal
import WorkerLaunchers

/// Where evaluators and the cost programs of measurements run.
struct LauncherOption: ParsableArguments {
  @Option(
    name: .customLong("worker-launcher"),
    help: ArgumentHelp(
      "Where evaluators, or the cost program of haq measure, run: on this machine, or each on a machine of a Slurm or Ray "
        + "cluster (docs/guide/on-a-cluster.md).", valueName: "launcher"))
  var launcher = Launcher.local

  @Option(
    name: .customLong("launcher-options"),
    help: ArgumentHelp(
      "File that says what each worker asks of the cluster (docs/launchers.md). (default: one task; of haq-evaluator with "
        + "--threads CPUs)", valueName: "file"))
  var launcherOptions: String?

  enum Launcher: String, CaseIterable, ExpressibleByArgument {
    case local
    case slurm
    case ray
  }

  func validate() throws {
    guard launcher != .local || launcherOptions == nil else {
      throw ValidationError(
        "--launcher-options is for --worker-launcher slurm or ray; what runs on this machine has no such options."
      )
    }
  }

  /// What starts the workers.
  ///
  /// - Parameter threads: Of haq-evaluator; nil for a program of the user's.
  func resolve(threads: Int?) throws -> any WorkerLauncher {
    guard launcher != .local else { return LocalLauncher() }
    let request = try request()
    let environment = ProcessInfo.processInfo.environment
    switch request.launcher {
    case .slurm(let options):
      return try SlurmLauncher(request, options, threads: threads, environment: environment)
    case .ray(let options):
      return try RayLauncher(
        request, options, script: try SearchPath.rayWorker(program: RunningProgram.path),
        threads: threads, environment: environment)
    }
  }

  private func request() throws -> LauncherOptions {
    guard let launcherOptions else {
      return LauncherOptions(launcher == .slurm ? .slurm(.init()) : .ray(.init()))
    }
    let read = try LauncherOptions.read(
      try InputFile.read(launcherOptions, limit: PositionedValue.sizeLimit), file: launcherOptions,
      for: launcher.rawValue)
    Messages.warn(read.warnings)
    return read.options
  }
}
