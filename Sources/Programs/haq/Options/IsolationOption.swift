import ArgumentParser
import Targets
import Terminal

/// `--in-process`, and the one way from a target's name to a target: every command that costs something has both.
struct IsolationOption: ParsableArguments {
  @Flag(help: "Load the target's library into this process, without a sandbox, where the spec asks for it.")
  var inProcess = false

  /// The target with an id, or of the spec at a path; nothing is loaded yet.
  func target(named name: String) throws -> Target { applied(to: try Self.found(name)) }

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

  /// The target with the user's word on where its library may run.
  func applied(to target: Target) -> Target {
    var target = target
    if inProcess { target.inProcess = .allowed }
    return target
  }
}
