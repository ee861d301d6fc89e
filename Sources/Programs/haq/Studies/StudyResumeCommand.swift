import ArgumentParser
import Diagnostics
import Foundation
import Studies

/// `haq study resume`: carries a search on where it was interrupted.
struct StudyResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Continues an interrupted search.",
    discussion: """
      haq repeats the search with the recorded evaluations, without measuring again, and continues from there. The files \
      in the run folder become the same, byte for byte, as without the interruption. haq refuses to continue when \
      network, target, data or options have changed.

      Examples:
        haq study resume edge-run
        haq study resume edge-run --fork second-run

      Exit codes: 0 done, 1 an error, 64 a mistake in the command line, 130 ended by Ctrl-C, 143 by SIGTERM, \
      129 by SIGHUP.
      """)

  @Argument(help: "Study: its file or its run folder.")
  var study: String

  @Option(
    help: ArgumentHelp(
      "Start a new study in this folder instead, with the same options and the evaluations of this study; target and "
        + "program may have changed.", valueName: "folder"))
  var fork: String?

  @Option(
    help: ArgumentHelp(
      "Folder that relative paths of the search refer to. (default: where the search was started)",
      valueName: "folder"))
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
      search.study.output = newFolder
      search.study.fork = path
      try search.run(arguments: arguments, resuming: nil)
    } else {
      search.study.fork = nil
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
