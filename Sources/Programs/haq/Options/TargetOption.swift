import ArgumentParser
import Targets

/// `--target`, for commands that cost a network.
struct TargetOption: ParsableArguments {
  @Option(name: [.long, .short], help: "The target's id (see: haq targets), or the path of a spec file.")
  var target: String

  @OptionGroup var isolation: IsolationOption

  /// The chosen target; nothing is loaded yet.
  func resolve() throws -> Target { try isolation.applied(to: Self.resolve(target)) }

  /// The target with an id, or of the spec at a path.
  static func resolve(_ name: String) throws -> Target {
    let chosen =
      if name.contains("/") || name.hasSuffix(".json") {
        try Target(file: name, origin: .commandLine, program: RunningProgram.path)
      } else {
        try RunningProgram.catalog().target(name)
      }
    Failure.warn(chosen.warnings)
    return chosen
  }
}

/// `--in-process`, for commands that load a target's library.
struct IsolationOption: ParsableArguments {
  @Flag(help: "Allow a target whose spec asks for it to load its library into this process, unprotected.")
  var inProcess = false

  /// The target with the user's word on where its library may run.
  func applied(to target: Target) -> Target {
    var target = target
    if inProcess { target.inProcess = .allowed }
    return target
  }
}
