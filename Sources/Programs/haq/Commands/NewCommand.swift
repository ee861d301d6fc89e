import ArgumentParser

/// `haq new`: folders to start from.
struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Creates a target from a template.",
    discussion: """
      Examples:
        haq new target my-chip --kind function --language c
      """,
    subcommands: [NewTargetCommand.self])
}
