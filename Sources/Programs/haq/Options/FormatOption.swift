import ArgumentParser
import Documents
import Rendering
import Terminal

/// `--format`, for commands that print a result.
struct FormatOption: ParsableArguments {
  /// What standard output holds.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  @Option(help: "Output format: text to read, or a JSON document (docs/documents).")
  var format: Format = .text

  /// Prints `document` as JSON or `text`, as the user asked.
  func print(_ document: some Document, text: @autoclosure () -> String) throws {
    switch format {
    case .text: StandardOutput.write(text())
    case .json: StandardOutput.write(try document.json())
    }
  }

  /// Prints `report` as JSON or `text`, as the user asked.
  func print(_ report: some Encodable, text: @autoclosure () -> String) throws {
    switch format {
    case .text: StandardOutput.write(text())
    case .json: StandardOutput.write(try JSONReport.text(of: report))
    }
  }
}
