import ArgumentParser

/// `haq study`: searches as they are kept.
struct StudyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "Lists, shows, carries on, compares and exports searches.",
    discussion: """
      Every `haq search` keeps a study: one file, study.haq in its run folder, that holds what the numbers depend on \
      and every evaluation. However a search ends, its study can be carried on.

      Examples:
        haq study list
        haq study resume edge-run
        haq study compare edge-run cloud-run
      """,
    subcommands: [
      StudyListCommand.self, StudyShowCommand.self, StudyResumeCommand.self, StudyExportCommand.self,
      StudyCompareCommand.self,
    ])
}
