import ArgumentParser
import Diagnostics
import Rendering
import Specs
import Targets

/// `haq targets explain`: every place and file that was looked at, and what came of it; loads no library.
struct TargetsExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Says where targets were looked for, what was found, and why it is used or not.",
    discussion: """
      With an id, only files of that target are listed, and the places where its library was looked for.

      Examples:
        haq targets explain
        haq targets explain bismo-vu9p
      """)

  @Argument(help: "A target's id.")
  var id: String?

  @OptionGroup var format: FormatOption

  func run() throws {
    let searchPath = RunningProgram.searchPath
    let survey = TargetSurvey(of: searchPath, program: RunningProgram.path)
    let report = DiscoveryReport(survey, notes: searchPath.notes, about: id)
    try format.print(report, text: report.text)
    if let id, !report.hasTarget { _ = try TargetCatalog(survey, program: RunningProgram.path).target(id) }
  }
}
