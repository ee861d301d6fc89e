import ArgumentParser
import Diagnostics
import Foundation

/// `--chart`, for commands that draw a picture beside their result.
struct ChartOption: ParsableArguments {
  @Option(help: ArgumentHelp("Also write a chart of the result, as SVG.", valueName: "file.svg"))
  var chart: String?

  /// Throws a `Diagnostic` when the file could not be written, before anything is computed.
  func check(_ force: ForceOption) throws {
    if let chart { try OutputFile.check(chart, readOnlyFiles: force.readOnlyFiles) }
  }

  /// Writes the picture, where one was asked for.
  func write(_ svg: @autoclosure () throws -> String, _ force: ForceOption) throws {
    if let chart {
      try OutputFile.write(Data(try svg().utf8), to: chart, readOnlyFiles: force.readOnlyFiles)
    }
  }
}
