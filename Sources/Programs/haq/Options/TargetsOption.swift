import ArgumentParser
import Targets

/// `--target` or `--targets`, for commands that can work for several at once.
struct TargetsOption: ParsableArguments {
  @Option(name: [.long, .short], help: "Id of a target (haq targets lists them), or path of a spec file.")
  var target: String?

  @Option(
    help: ArgumentHelp(
      "Several targets separated by commas, instead of --target.", valueName: "a,b"))
  var targets: String?

  @OptionGroup var access: TargetAccessOptions

  private var names: [String] {
    target.map { [$0] } ?? targets.map { $0.split(separator: ",").map(String.init) } ?? []
  }

  var areGiven: Bool { target != nil || targets != nil }

  /// Throws a `ValidationError` when there is none.
  func require() throws {
    guard areGiven else {
      throw ValidationError("Give --target, or --targets with several ids separated by commas.")
    }
  }

  func validate() throws {
    guard target == nil || targets == nil else {
      throw ValidationError("Give --target, or --targets with several ids separated by commas.")
    }
    guard targets == nil || !names.isEmpty else {
      throw ValidationError("--targets is empty; give ids of targets separated by commas.")
    }
    if let twice = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
      throw ValidationError("--targets names \"\(twice)\" twice.")
    }
  }

  /// In the order given; nothing is loaded yet.
  func resolve() throws -> [Target] { try access.targets(named: names) }
}
