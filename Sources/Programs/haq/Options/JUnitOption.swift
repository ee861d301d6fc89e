import ArgumentParser
import Diagnostics
import Foundation
import Rendering

/// `--junit`, for continuous integration.
struct JUnitOption: ParsableArguments {
  @Option(help: ArgumentHelp("Also write the results as JUnit XML.", valueName: "file.xml"))
  var junit: String?

  /// Throws a `Diagnostic` when the file cannot be written, before the work rather than after.
  func check(_ force: ForceOption) throws {
    if let junit { try OutputFile.check(junit, readOnlyFiles: force.readOnlyFiles) }
  }

  func write(_ suites: [JUnitReport.Suite], _ force: ForceOption) throws {
    guard let junit else { return }
    try OutputFile.write(
      Data(JUnitReport(suites).text.utf8), to: junit, readOnlyFiles: force.readOnlyFiles)
  }
}
