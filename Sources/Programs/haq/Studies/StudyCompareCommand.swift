import ArgumentParser
import Documents
import Studies

/// `haq study compare`: studies side by side.
struct StudyCompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Shows studies side by side: their differences, results, and bits of every layer.",
    discussion: """
      Accuracies are comparable only between studies with the same network, data and quantizers; haq says where they \
      differ.

      Examples:
        haq study compare edge-run cloud-run

      Exit codes: 0 done, 1 an error, 64 a mistake in the command line.
      """)

  @Argument(help: "Two or more studies: their files or run folders.")
  var studies: [String]

  @OptionGroup var format: FormatOption

  func validate() throws {
    guard studies.count >= 2 else {
      throw ValidationError("Name at least two studies, not \(studies.count).")
    }
  }

  func run() throws {
    let document = StudyComparisonDocument(
      try studies.map { try StudySummary(try StudyPlaces.study(named: $0)) })
    try format.print(document, text: document.text)
  }
}
