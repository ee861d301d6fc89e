import ArgumentParser
import Diagnostics
import Specs
import Targets
import Terminal
import WorkerLaunchers

/// Where the library or program of a target runs, and the one way from a target's name to a target: every command that
/// costs something has both.
struct TargetAccessOptions: ParsableArguments {
  @Flag(help: "Load the target's library into this process, without a sandbox, where the spec asks for it.")
  var inProcess = false

  @Option(
    name: .customLong("program-launcher"),
    help: ArgumentHelp(
      "File that says on which machine of a Slurm or Ray cluster the target's cost program runs (docs/launchers.md). "
        + "(default: this machine)", valueName: "file"))
  var programLauncher: String?

  /// The target with an id, or of the spec at a path; nothing is loaded yet.
  func target(named name: String) throws -> Target { try targets(named: [name])[0] }

  /// Targets in the order of their names.
  func targets(named names: [String]) throws -> [Target] {
    try applied(to: names.map(Self.found))
  }

  /// The target as its spec has it.
  static func found(_ name: String) throws -> Target {
    let chosen =
      if name.contains("/") || name.hasSuffix(".json") {
        try Target(file: name, origin: .commandLine, program: RunningProgram.path)
      } else {
        try RunningProgram.catalog().target(name)
      }
    Messages.warn(chosen.warnings)
    return chosen
  }

  /// Targets with the user's word on where their libraries and programs may run.
  func applied(to targets: [Target]) throws -> [Target] {
    if let programLauncher, !targets.contains(where: \.isProgram) {
      throw Diagnostic(
        "no cost program is launched: the costs of \(targets.map(\.spec.id).joined(separator: ", ")) do not come from one",
        at: .init(file: programLauncher), hint: "Leave out --program-launcher.")
    }
    let launcher = try programLauncher.map { try LauncherOption.launcher(in: $0) }
    return targets.map { target in
      var target = target
      if inProcess { target.inProcess = .allowed }
      if let launcher { target.programPlace = .init(launcher, onNews: RemoteProgramLog().hear) }
      return target
    }
  }
}
