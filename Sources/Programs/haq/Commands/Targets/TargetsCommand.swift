import ArgumentParser
import Diagnostics
import Documents
import Targets
import Terminal

/// `haq targets`: what can be given to `--target`; loads no library.
struct TargetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "targets",
    abstract: "Lists and describes the hardware targets, and explains where haq finds them.",
    discussion: """
      Reads spec files only and loads no library. docs/spec.md section 8 lists the folders that haq searches for specs.

      Examples:
        haq targets
        haq targets show bismo-vu9p
        haq targets explain
        HAQ_ADD_TARGETS=my-specs haq targets --format json
      """,
    subcommands: [TargetsListCommand.self, TargetsShowCommand.self, TargetsExplainCommand.self],
    defaultSubcommand: TargetsListCommand.self)
}

/// `haq targets list`, or `haq targets` alone.
struct TargetsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the hardware targets, as haq targets does by default.",
    discussion: """
      Examples:
        haq targets list --format json
      """)

  @OptionGroup var format: FormatOption

  func run() throws {
    let catalog = try RunningProgram.catalog()
    let document = TargetsDocument(catalog)
    try format.print(document, text: document.text)
    for target in catalog.targets { Messages.warn(target.warnings) }
    for spec in catalog.unusable { Messages.report(spec.diagnostics) }
    if !catalog.unusable.isEmpty { throw ExitCode.failure }
  }
}
