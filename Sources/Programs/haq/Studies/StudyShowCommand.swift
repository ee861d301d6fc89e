import ArgumentParser
import Documents
import Studies

/// `haq study show`: everything about one study but its evaluations.
struct StudyShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows what a study depends on, how far it is and what it found.",
    discussion: """
      A study that is being written can be shown. `haq study export` has every evaluation.

      Example:
        haq study show edge-run
        haq study show edge-run --check

      Exit codes: 0 done, 1 something failed, 64 the command line is wrong.
      """)

  @Argument(help: "The study: its file or its run folder.")
  var study: String

  @Flag(help: "Read the whole file, and fail when it is damaged.")
  var check = false

  @OptionGroup var format: FormatOption

  func run() throws {
    let path = try StudyPlaces.study(named: study)
    if check { try StudyRecords(path).verify() }
    let document = try StudyDescriptionDocument(path)
    try format.print(document, text: document.text)
  }
}
