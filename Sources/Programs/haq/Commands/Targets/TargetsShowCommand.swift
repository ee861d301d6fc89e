import ArgumentParser
import Rendering
import Targets

/// `haq targets show`: one target in full.
struct TargetsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract:
      "Shows one target: what it can run, its parameters with units and sources, its model and checks.",
    discussion: """
      Reads the spec and hashes the library or table. A plugin is loaded, in a sandbox, to ask what the target takes of \
      its device.

      Examples:
        haq targets show bismo-vu9p
        haq targets show my-chip/my-chip.json --format json
      """)

  @Argument(help: "The target's id (see: haq targets), or the path of a spec file.")
  var target: String

  @OptionGroup var isolation: IsolationOption
  @OptionGroup var format: FormatOption

  func run() throws {
    let chosen = try isolation.target(named: target)
    let report = TargetReport(chosen)
    try format.print(report, text: report.text)
  }
}
