import ArgumentParser

/// `haq study`: searches as they are kept.
struct StudyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "Lists, shows, resumes, compares and exports searches.",
    discussion: """
      Every search records a study: the file study.haq in its run folder, with every evaluation and everything that the \
      numbers depend on. haq study resume continues an interrupted search from it.

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
