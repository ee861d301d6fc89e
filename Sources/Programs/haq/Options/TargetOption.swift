import ArgumentParser
import Targets

/// `--target`, for commands that cost a network.
struct TargetOption: ParsableArguments {
  @Option(name: [.long, .short], help: "Id of a target (haq targets lists them), or path of a spec file.")
  var target: String

  @OptionGroup var access: TargetAccessOptions

  /// The chosen target; nothing is loaded yet.
  func resolve() throws -> Target { try access.target(named: target) }
}

/// `--target`, for commands that also work without one.
struct OptionalTargetOption: ParsableArguments {
  @Option(name: [.long, .short], help: "Id of a target (haq targets lists them), or path of a spec file.")
  var target: String?

  @OptionGroup var access: TargetAccessOptions

  /// The chosen target; nil when the command line names none. Nothing is loaded yet.
  func resolve() throws -> Target? { try target.map(access.target(named:)) }
}
