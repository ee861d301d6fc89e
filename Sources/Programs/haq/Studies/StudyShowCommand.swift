import ArgumentParser
import Documents
import Studies
import Terminal

/// `haq study show`: everything about one study but its evaluations.
struct StudyShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows what a study depends on, its progress and its result.",
    discussion: """
      The search may still be running. haq study export writes every evaluation.

      Examples:
        haq study show edge-run
        haq study show edge-run --check

      Exit codes: 0 done, 1 an error, 64 a mistake in the command line.
      """)

  @Argument(help: "Study: its file or its run folder.")
  var study: String

  @Flag(help: "Read the whole file, compare every row with its checksum, and fail if one is damaged.")
  var check = false

  @OptionGroup var format: FormatOption

  func run() throws {
    let path = try StudyPlaces.study(named: study)
    if check { tell(try StudyRecords(path).verifyWithDocuments()) }
    let document = try StudyDescriptionDocument(path)
    try format.print(document, text: document.text)
  }

  private func tell(_ verification: StudyVerification) {
    let bare = verification.rowCountWithoutChecksum
    Messages.note(
      "the study is whole: \(verification.rowCount) rows are as they were written"
        + (bare > 0 ? ", but \(bare) of them are of a version of haq before checksums, and only read" : "")
        + ".")
  }
}
