import ArgumentParser
import Diagnostics
import Documents
import Targets

/// `haq targets`: what can be given to `--target`; loads no library.
struct TargetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "targets",
    abstract: "Lists the hardware targets, and says where they were found and what they are.",
    discussion: """
      Reads spec files only; no library is loaded. docs/spec.md section 8 says where specs are looked for.

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
    commandName: "list", abstract: "Lists the hardware targets; what haq targets does alone.",
    discussion: """
      Example:
        haq targets list --format json
      """)

  @OptionGroup var format: FormatOption

  func run() throws {
    let catalog = try RunningProgram.catalog()
    let document = TargetsDocument(catalog)
    try format.print(document, text: document.text)
    for target in catalog.targets { Failure.warn(target.warnings) }
    for spec in catalog.unusable { Failure.report(spec.diagnostics) }
    if !catalog.unusable.isEmpty { throw ExitCode.failure }
  }
}
