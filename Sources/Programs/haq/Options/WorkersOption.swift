import ArgumentParser
import Core
import Diagnostics
import Evaluation
import Foundation
import Specs
import Targets
import Terminal
import WorkerLaunchers

/// How many evaluators measure at once, and where.
struct WorkersOption: ParsableArguments {
  @Option(
    name: .customLong("workers"),
    help: ArgumentHelp(
      "Evaluators that run at once, 1 to 256; on this machine they share --threads.", valueName: "n"))
  var count = 1

  @Option(
    name: .customLong("worker-launcher"),
    help: ArgumentHelp(
      "Where evaluators run: on this machine, or each on a machine of a Slurm or Ray cluster with --threads of its own "
        + "(docs/guide/on-a-cluster.md).", valueName: "launcher"))
  var launcher = Launcher.local

  @Option(
    name: .customLong("launcher-options"),
    help: ArgumentHelp(
      "File that says what each worker asks of the cluster (docs/launchers.md). (default: one task with --threads CPUs)",
      valueName: "file"))
  var launcherOptions: String?

  enum Launcher: String, CaseIterable, ExpressibleByArgument {
    case local
    case slurm
    case ray
  }

  func validate() throws {
    guard (1...256).contains(count) else { throw ValidationError("--workers must be 1 to 256.") }
    guard launcher != .local || launcherOptions == nil else {
      throw ValidationError(
        "--launcher-options is for --worker-launcher slurm or ray; evaluators on this machine have no such options."
      )
    }
  }

  /// What starts the evaluators.
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
        request, options, script: try rayScript(), threads: threads, environment: environment)
    }
  }

  private func request() throws -> LauncherDocument {
    guard let launcherOptions else {
      return LauncherDocument(launcher == .slurm ? .slurm(.init()) : .ray(.init()))
    }
    let read = try LauncherDocument.read(
      try InputFile.read(launcherOptions, limit: PositionedValue.sizeLimit), file: launcherOptions,
      for: launcher.rawValue)
    Messages.warn(read.warnings)
    return read.document
  }

  /// Beside what is installed, or in the checkout that this program was built in.
  private func rayScript() throws -> String {
    let name = "ray_worker.py"
    let checkout = SearchPath.checkout(of: RunningProgram.path).map {
      "\($0)/Sources/Programs/ray-worker/\(name)"
    }
    let places = ["\(RunningProgram.installation.data("ray"))/\(name)"] + [checkout].compactMap(\.self)
    guard let found = places.first(where: FileManager.default.isReadableFile(atPath:)) else {
      throw Diagnostic(
        "\(name) is in none of its places: \(places.joined(separator: ", ")).",
        hint: "It comes with haq; install haq again.")
    }
    return found
  }

  /// Says on standard error how several share the work.
  ///
  /// - Parameter limits: What keeps them from helping throughout, to be said after it.
  func tell(_ evaluator: EvaluatorOption, limits: String = "") {
    guard count > 1 || launcher != .local else { return }
    let threads = evaluator.threads(of: self)
    let each =
      evaluator.evaluator == nil
      ? "with \(threads) \(threads == 1 ? "thread" : "threads") each" : "of your program"
    let place = launcher == .local ? "" : " by \(launcher.rawValue)"
    StandardError.write("\(count) \(count == 1 ? "evaluator" : "evaluators")\(place) \(each)\(limits)\n")
  }
}
