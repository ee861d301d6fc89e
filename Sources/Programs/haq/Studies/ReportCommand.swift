import ArgumentParser
import Diagnostics
import Documents
import Foundation
import Studies

/// `haq report`: studies as one page.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes a page about one study, or about two side by side.",
    discussion: """
      The page is one HTML file without scripts or external resources. It has a summary, the comparison with uniform \
      policies, the Pareto front, the bits and cost of every layer, sensitivities if they were measured, the progress of \
      the search, and everything that the numbers depend on. The search may still be running.

      A page about more than 1000 policies has those on the Pareto front, those that were the best so far, and some of \
      the others; haq study export writes all as CSV and JSON.

      Examples:
        haq report edge-run -o edge.html
        haq report edge-run cloud-run -o edge-and-cloud.html

      Exit codes: 0 done, 1 an error, 64 a mistake in the command line.
      """)

  @Argument(help: "One or two studies: their files or run folders.")
  var studies: [String]

  @Option(
    name: [.customShort("o"), .long], help: ArgumentHelp("HTML file to write.", valueName: "file.html"))
  var output: String

  @OptionGroup var force: ForceOption
  @OptionGroup var format: FormatOption

  func validate() throws {
    guard (1...2).contains(studies.count) else {
      throw ValidationError("Name one or two studies, not \(studies.count).")
    }
    guard output.hasSuffix(".html") else {
      throw ValidationError("-o must name a file that ends in .html, not \"\(output)\".")
    }
  }

  func run() throws {
    try OutputFile.check(output, readOnlyFiles: force.readOnlyFiles)
    let files = try studies.map { try StudyPlaces.study(named: $0) }
    let reports = try files.map { try StudyReport($0) }
    let page = reports.count == 2 ? try ReportPair(reports[0], reports[1]).page() : try reports[0].page()
    try OutputFile.write(Data(page.utf8), to: output, readOnlyFiles: force.readOnlyFiles)
    let document = StudyReportDocument(studies: files, page: output)
    try format.print(document, text: document.text)
  }
}
