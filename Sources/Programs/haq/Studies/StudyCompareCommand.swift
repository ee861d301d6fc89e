import ArgumentParser
import Documents
import Studies

/// `haq study compare`: studies side by side.
struct StudyCompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Shows studies side by side: what differs, what they found, the bits of every layer.",
    discussion: """
      Accuracies compare only where the studies share what decides accuracy; it is said where they do not.

      Example:
        haq study compare edge-run cloud-run

      Exit codes: 0 done, 1 something failed, 64 the command line is wrong.
      """)

  @Argument(help: "Two or more studies: their files or run folders.")
  var studies: [String]

  @OptionGroup var format: FormatOption

  func validate() throws {
    guard studies.count >= 2 else { throw ValidationError("Name at least two studies.") }
  }

  func run() throws {
    let document = StudyComparisonDocument(
      try studies.map { try StudySummary(try StudyPlaces.study(named: $0)) })
    try format.print(document, text: document.text)
  }
}
