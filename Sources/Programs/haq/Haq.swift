import ArgumentParser
import Core
import Diagnostics
import Foundation
import SystemLimits
import Terminal

/// The root of all commands; each command has a file in `Commands`.
@main
struct Haq: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "haq",
    abstract: "Finds the number of bits for each layer of a neural network on given hardware.",
    discussion: """
      Examples:
        haq targets
        haq network show mobilenet-v2
        haq cost mobilenet-v2 --target bismo-vu9p --bits W4A6
        haq table build mobilenet-v2 --target bismo-vu9p -o costs.csv
        haq search fashion-mobilenet-v1 --target bismo-zynq7020 --latency 0.6x
        haq export fashion-mobilenet-v1 --policy run/policy.json --as qcdq -o quantized.onnx
        haq study list

      Exit codes: 0 done, 1 an error, 64 a mistake in the command line. When standard output or standard error is \
      closed or full, so that something could not be written, the exit code is 1.
      """,
    version: ProgramVersion.current,
    subcommands: [
      TargetsCommand.self, NetworkCommand.self, CheckCommand.self, CostCommand.self, TableCommand.self,
      ValidateCommand.self, CalibrateCommand.self, MeasureCommand.self, FitCommand.self, SearchCommand.self,
      StudyCommand.self,
      ReportCommand.self,
      DashboardCommand.self, ParetoCommand.self, SensitivityCommand.self, TransferCommand.self,
      FigureCommand.self,
      EvaluateCommand.self, FineTuneCommand.self, ExportCommand.self, PolicyCommand.self,
      TrainCommand.self, NewCommand.self,
    ])

  static func main() {
    if StandardStreams.openClosed() { StandardError.setClosed() }
    // However the program ends: a result that nobody got is no success.
    atexit {
      guard let reason = StandardStreams.flushOutput() else {
        if StandardError.hasLostText { _exit(1) }
        return
      }
      StandardError.write("error: cannot write to standard output: \(reason).\n")
      _exit(1)
    }
    ProcessLimits.turnFileSizeLimitIntoErrors()
    do {
      try ProcessLimits.requireOpenFiles(leastOpenFiles)
      try ProcessLimits.requireThread()
      var command = try parseAsRoot()
      try command.run()
    } catch {
      Failure.exit(with: error)
    }
  }

  /// Of a study, a sandbox, and an evaluator; more evaluators need more.
  private static let leastOpenFiles = 64
}
