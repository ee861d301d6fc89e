import ArgumentParser
import Diagnostics
import Foundation
import Studies

/// `haq study resume`: carries a search on where it was interrupted.
struct StudyResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Carries a search on where it was interrupted.",
    discussion: """
      Runs the search again over the recorded evaluations, which takes no evaluator, and goes on from there. The \
      files in the run folder end byte for byte as those of a search that was never interrupted. Nothing is \
      carried on when network, target, data or options are not what they were.

      Examples:
        haq study resume edge-run
        haq study resume edge-run --fork second-run

      Exit codes: 0 done, 1 something failed, 64 the command line is wrong, 130 ended by Ctrl-C.
      """)

  @Argument(help: "The study: its file or its run folder.")
  var study: String

  @Option(
    help: ArgumentHelp(
      "Start a new study in this folder instead, with the same options and this one's evaluations; target and "
        + "program may have changed. (haq search --fork: with other options)", valueName: "folder"))
  var fork: String?

  @Option(
    help: "Where relative paths of the search start. (default: where it was started)")
  var directory: String?

  @OptionGroup var format: FormatOption

  func run() throws {
    let path = URL(filePath: try StudyPlaces.study(named: study)).path
    let newFolder = fork.map { URL(filePath: $0).path }
    let (arguments, start) = try Self.start(of: path)
    var search = try SearchCommand.parse(arguments)
    search.format = format
    try enter(directory ?? start, path)
    if let newFolder {
      search.output = newFolder
      search.fork = path
      try search.run(arguments: arguments, resuming: nil)
    } else {
      search.fork = nil
      try search.run(arguments: arguments, resuming: path)
    }
  }

  private static func start(of study: String) throws -> (arguments: [String], directory: String) {
    let records = try StudyRecords(study)
    return (try records.arguments(), try records.directory())
  }

  private func enter(_ folder: String, _ study: String) throws {
    guard FileManager.default.changeCurrentDirectoryPath(folder) else {
      throw Diagnostic(
        "the search was started in \(folder), which cannot be entered.", at: .init(file: study),
        hint: "Say with --directory where its relative paths start now.")
    }
  }
}
