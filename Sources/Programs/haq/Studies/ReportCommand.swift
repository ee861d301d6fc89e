import ArgumentParser
import Diagnostics
import Documents
import Foundation
import Studies

/// `haq report`: studies as one page.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes one page about a study, or about two side by side.",
    discussion: """
      The page is one file without scripts or outside resources: summary, comparison with uniform policies, Pareto \
      front, bits and cost of every layer, sensitivity where it was measured, the course of the search, and everything \
      the numbers depend on. Each picture has its numbers below it. A search that still runs can be reported.

      `haq study export` writes the same numbers as CSV and JSON.

      Examples:
        haq report edge-run -o edge.html
        haq report edge-run cloud-run -o edge-and-cloud.html

      Exit codes: 0 done, 1 something failed, 64 the command line is wrong.
      """)

  @Argument(help: "One study or two: their files or run folders.")
  var studies: [String]

  @Option(
    name: [.customShort("o"), .long], help: ArgumentHelp("The .html file to write.", valueName: "file.html"))
  var output: String

  @OptionGroup var format: FormatOption

  func validate() throws {
    guard (1...2).contains(studies.count) else {
      throw ValidationError("Name one study or two, not \(studies.count).")
    }
    guard output.hasSuffix(".html") else { throw ValidationError("-o names a page, which ends in .html.") }
  }

  func run() throws {
    try OutputFile.check(output)
    let files = try studies.map { try StudyPlaces.study(named: $0) }
    let reports = try files.map(StudyReport.init)
    let page = reports.count == 2 ? try ReportPair(reports[0], reports[1]).page() : try reports[0].page()
    try OutputFile.write(Data(page.utf8), to: output)
    let document = StudyReportDocument(studies: files, page: output)
    try format.print(document, text: document.text)
  }
}
