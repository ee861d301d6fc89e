import ArgumentParser
import Diagnostics
import Foundation

/// How commands report errors and end.
enum Failure {
  /// Prints `error` to standard error and ends the program: 64 for a wrong command line, otherwise 1.
  static func exit(with error: any Error) -> Never {
    StandardError.clear()
    if isUsage(error) { Haq.exit(withError: error) }
    report(error)
    Foundation.exit(1)
  }

  /// Prints a problem without ending the program.
  static func report(_ error: any Error) {
    let text =
      switch error {
      case let diagnostics as Diagnostics: diagnostics.description
      case let diagnostic as Diagnostic: diagnostic.description
      default: "error: \(error)"
      }
    write(text)
  }

  /// Prints a warning from reading a file.
  static func warn(_ warnings: [Diagnostic]) {
    for warning in warnings { write(warning.text(as: .warning)) }
  }

  /// Tells what is no problem, beside the output.
  static func note(_ text: String) { write("note: \(text)") }

  private static func write(_ text: String) {
    StandardError.write(text + "\n")
  }

  /// What argument-parser throws: it knows best how to print its own errors, help and version.
  private static func isUsage(_ error: any Error) -> Bool {
    error is ValidationError || error is CleanExit || error is ExitCode
      || Haq.exitCode(for: error) != .failure
  }
}
