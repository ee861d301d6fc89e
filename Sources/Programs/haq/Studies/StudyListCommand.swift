import ArgumentParser
import Diagnostics
import Documents
import Foundation
import Studies

/// `haq study list`: the studies below a folder.
struct StudyListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists the studies in folders and their subfolders.",
    discussion: """
      A study is running, interrupted (its program failed or was killed), stopped (by Ctrl-C) or completed. haq study \
      resume continues one that is interrupted or stopped.

      Examples:
        haq study list
        haq study list ~/searches --format json

      Exit codes: 0 done, 1 a study cannot be read, 64 a mistake in the command line.
      """)

  @Argument(help: "Folders to search.")
  var folders = ["."]

  @OptionGroup var format: FormatOption

  func run() throws {
    for folder in folders where !FileManager.default.fileExists(atPath: folder) {
      throw Diagnostic("there is no such folder.", at: .init(file: folder))
    }
    var summaries: [StudySummary] = []
    var hasFailed = false
    for path in folders.flatMap(StudyPlaces.studies) {
      do {
        summaries.append(try StudySummary(path))
      } catch {
        Failure.report(error)
        hasFailed = true
      }
    }
    let document = StudyListDocument(summaries)
    try format.print(document, text: document.text)
    if hasFailed { throw ExitCode.failure }
  }
}
