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
    abstract: "Writes everything in a study to a folder: CSV, JSON and JSON lines.",
    discussion: """
      Writes evaluations.csv, a row for each answer of the evaluator in the order in which they came; \
      curves.csv, a row for each policy with the best so far, to be drawn; episodes.jsonl, the log of the search; facts.json, what the numbers depend on; and, as far as the search came, \
      policy.json, sensitivity.json, report.json and cost-tables.json.

      Example:
        haq study export edge-run -o edge-files

      Exit codes: 0 done, 1 something failed, 64 the command line is wrong.
      """)

  @Argument(help: "The study: its file or its run folder.")
  var study: String

  @Option(name: [.customShort("o"), .long], help: "The folder to write to; it must be new or empty.")
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
