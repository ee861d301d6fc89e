import ArgumentParser
import Foundation
import Measuring
import Terminal

/// How commands end that cannot do what they were asked.
enum Failure {
  /// Prints `error` to standard error and ends the program: 64 for a wrong command line, otherwise 1.
  static func exit(with error: any Error) -> Never {
    StandardError.clear()
    if isUsage(error) { Haq.exit(withError: error) }
    // Ctrl-C while a cost program waited for another machine.
    if error is MeasuringRun.Interruption { Foundation.exit(Interrupt.exitCode) }
    Messages.report(error)
    Foundation.exit(1)
  }

  /// What argument-parser throws: it knows best how to print its own errors, help and version.
  private static func isUsage(_ error: any Error) -> Bool {
    error is ValidationError || error is CleanExit || error is ExitCode
      || Haq.exitCode(for: error) != .failure
  }
}
