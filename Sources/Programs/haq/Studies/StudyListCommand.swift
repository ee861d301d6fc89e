import ArgumentParser
import Diagnostics
import Documents
import Foundation
import Studies
import Terminal

/// `haq study list`: the studies below a folder.
struct StudyListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists the studies in folders and their subfolders.",
    discussion: """
      A study is running, interrupted (its program failed or was killed), stopped (by Ctrl-C or SIGTERM) or completed. haq study \
      resume continues one that is interrupted or stopped. One that cannot be read is listed as damaged, with the reason \
      on standard error.

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
    var damaged: [StudyListDocument.DamagedStudy] = []
    for path in folders.flatMap(StudyPlaces.studies) {
      do {
        summaries.append(try StudySummary(path))
      } catch {
        Messages.report(error)
        damaged.append(.init(path: path, reason: "\(error)"))
      }
    }
    let document = StudyListDocument(summaries, damaged: damaged)
    try format.print(document, text: document.text)
    if !damaged.isEmpty { throw ExitCode.failure }
  }
}
