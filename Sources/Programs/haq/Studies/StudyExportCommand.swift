import ArgumentParser
import Diagnostics
import Documents
import Foundation
import Rendering
import Studies

/// `haq study export`: everything in a study as files for other programs.
struct StudyExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes everything in a study to a folder, as CSV, JSON and JSON lines.",
    discussion: """
      The folder receives evaluations.csv (a row for each evaluation, in order), curves.csv (a row for each policy, with \
      the best so far), episodes.jsonl (the log of the search) and facts.json (what the numbers depend on). It also \
      receives cost-tables.json, workers.json (where evaluators ran), sensitivity.json, policy.json and report.json, if the \
      search got that far, and network-measurements.json after haq measure --study.

      Examples:
        haq study export edge-run -o edge-files

      Exit codes: 0 done, 1 an error, 64 a mistake in the command line.
      """)

  @Argument(help: "Study: its file or its run folder.")
  var study: String

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("Folder to write, which must be new or empty.", valueName: "folder"))
  var output: String

  @OptionGroup var format: FormatOption

  func run() throws {
    let path = try StudyPlaces.study(named: study)
    let records = try StudyRecords(path)
    let folder = try OutputFolder(creating: output)
    var files = [
      "evaluations.csv": EvaluationTable(try records.evaluations()).csv,
      "curves.csv": SearchCurves(try records.episodes()).csv,
      "episodes.jsonl": try records.episodes().map { try EpisodeDocument($0).line }.joined(),
      "facts.json": try FactsDocument(try records.facts()).json(),
    ]
    for document in StudyDocument.allCases {
      files["\(document.rawValue).json"] = try records.document(document)
    }
    let names = files.keys.sorted()
    for name in names { try folder.write(files[name]!, to: name) }
    let document = StudyExportDocument(study: path, files: names.map { "\(output)/\($0)" })
    try format.print(document, text: document.text)
  }
}
