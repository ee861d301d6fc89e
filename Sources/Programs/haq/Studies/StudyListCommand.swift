import ArgumentParser
import Diagnostics
import Documents
import Foundation
import Studies

/// `haq study list`: the studies below a folder.
struct StudyListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists the studies below folders.",
    discussion: """
      A study is running, interrupted (its program was killed, or failed), stopped (by Ctrl-C) or completed; all but \
      the first and the last can be carried on with `haq study resume`.

      Example:
        haq study list
        haq study list ~/searches --format json

      Exit codes: 0 done, 1 a study cannot be read, 64 the command line is wrong.
      """)

  @Argument(help: "The folders to look in.")
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
