import ArgumentParser

/// `haq new`: folders to start from.
struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Makes something new from a template: a target of your own.",
    discussion: """
      Example:
        haq new target my-chip --kind function --language c
      """,
    subcommands: [NewTargetCommand.self])
}
