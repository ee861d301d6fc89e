import ArgumentParser
import Core
import Diagnostics
import Foundation
import Specs
import Targets
import Terminal
import WorkerLaunchers

/// Where evaluators run.
struct LauncherOption: ParsableArguments {
  @Option(
    name: .customLong("worker-launcher"),
    help: ArgumentHelp(
      "Where evaluators run: on this machine, or each on a machine of a Slurm or Ray cluster "
        + "(docs/guide/on-a-cluster.md).", valueName: "launcher"))
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
    let options =
      try launcherOptions.map { try Self.read($0, for: launcher.rawValue) }
      ?? LauncherOptions(launcher == .slurm ? .slurm(.init()) : .ray(.init()))
    return try options.makeLauncher(threads: threads, program: RunningProgram.path)
  }

  /// What starts the cost program of a target, as a file says.
  static func launcher(in file: String) throws -> any WorkerLauncher {
    try read(file).makeLauncher(threads: nil, program: RunningProgram.path)
  }

  private static func read(_ file: String, for expected: String? = nil) throws -> LauncherOptions {
    let read = try LauncherOptions.read(
      try InputFile.read(file, limit: PositionedValue.sizeLimit), file: file, for: expected)
    Messages.warn(read.warnings)
    return read.options
  }
}
