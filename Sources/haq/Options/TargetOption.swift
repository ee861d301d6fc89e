import ArgumentParser
import Targets

/// `--target`, for commands that cost a network.
struct TargetOption: ParsableArguments {
  @Option(name: [.long, .short], help: "The target's id (see: haq targets), or the path of a spec file.")
  var target: String

  /// The chosen target; nothing is loaded yet.
  func resolve() throws -> Target {
    let chosen =
      if target.contains("/") || target.hasSuffix(".json") {
        try Target(file: target, origin: .commandLine, program: RunningProgram.path)
      } else {
        try RunningProgram.catalog().target(target)
      }
    Failure.warn(chosen.warnings)
    return chosen
  }
}
