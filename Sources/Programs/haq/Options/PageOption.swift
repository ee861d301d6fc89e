import ArgumentParser
import Diagnostics
import Foundation

/// `--page`, for commands that write a page beside their result.
struct PageOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Also write the result as one self-contained HTML page with charts.", valueName: "file.html"))
  var page: String?

  /// Throws a `Diagnostic` when the file could not be written, before anything is computed.
  func check(_ force: ForceOption) throws {
    if let page { try OutputFile.check(page, readOnlyFiles: force.readOnlyFiles) }
  }

  /// Writes the page, where one was asked for.
  func write(_ html: @autoclosure () throws -> String, _ force: ForceOption) throws {
    if let page {
      try OutputFile.write(Data(try html().utf8), to: page, readOnlyFiles: force.readOnlyFiles)
    }
  }
}
