import ArgumentParser
import Foundation
import Rendering

/// Measures the speeds that haq promises to keep, each beside its floor.
@main
struct HaqBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "haq-bench",
    abstract: "Measures how fast haq is.",
    discussion: """
      Prints the median, the minimum and the maximum of several runs, in wall-clock time. On a machine that does other \
      work, the minimum is more reliable. haq-evaluator and the plugins must be beside this program, as after make bench.

      Examples:
        haq-bench
        haq-bench cost-table plugin --runs 5

      Exit codes: 0 done, 1 an error or, with --check, a missed floor, 64 a mistake in the command line.
      """)

  /// What standard output holds.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  /// What can be measured alone.
  enum Subject: String, ExpressibleByArgument, CaseIterable {
    case costTable = "cost-table"
    case predictor
    case plugin
    case sandbox
    case costProgram = "cost-program"
    case agent
    case integerProgram = "integer-program"
    case clipping
    case evaluator
    case study
    case workers
    case searchSpeed = "search-speed"
    case longStudy = "long-study"
    case onnxImport = "import"
  }

  @Argument(help: "What to measure. (default: everything)")
  var subjects: [Subject] = []

  @Option(
    help: ArgumentHelp(
      "Runs of each measurement, 1 to 1000; the evaluator runs at most five times.", valueName: "n"))
  var runs = 11

  @Option(help: ArgumentHelp("CPU threads of the evaluator, 1 to 1024.", valueName: "n"))
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(
    help: ArgumentHelp(
      "Python with the onnx package, for import. (default: that of the tests, else python3)",
      valueName: "program"))
  var python: String?

  /// What `import` starts for each reading.
  @Option(help: .hidden)
  var importFile: String?

  /// What `long-study` starts for each report.
  @Option(help: .hidden)
  var reportStudy: String?

  @Option(help: ArgumentHelp("Output format.", valueName: "format"))
  var format: Format = .text

  @Flag(help: "Fail if a measurement misses its floor.")
  var check = false

  func validate() throws {
    guard (1...1000).contains(runs) else { throw ValidationError("--runs must be 1 to 1000.") }
    guard (1...1024).contains(threads) else { throw ValidationError("--threads must be 1 to 1024.") }
  }

  func run() throws {
    if let importFile {
      return print(try JSONReport.text(of: ImportBenchmark.Reading(importing: importFile)), terminator: "")
    }
    if let reportStudy {
      return print(
        try JSONReport.text(of: LongStudyBenchmark.Reporting(of: reportStudy)), terminator: "")
    }
    let program = try ProgramFolder()
    let chosen = subjects.isEmpty ? Subject.allCases : subjects
    let report = BenchmarkReport(
      cores: ProcessInfo.processInfo.activeProcessorCount,
      sections: try chosen.map { try benchmark(of: $0, in: program).measure(runs: runs) })
    switch format {
    case .text: print(report.text, terminator: "")
    case .json: print(try JSONReport.text(of: report), terminator: "")
    }
    if check, report.hasMissedFloor { throw ExitCode.failure }
  }

  private func benchmark(of subject: Subject, in program: ProgramFolder) -> any Benchmark {
    switch subject {
    case .costTable: CostTableBenchmark(program: program)
    case .predictor: PredictorBenchmark(program: program)
    case .plugin: PluginBenchmark(program: program)
    case .sandbox: SandboxBenchmark(program: program)
    case .costProgram: CostProgramBenchmark()
    case .agent: AgentBenchmark()
    case .integerProgram: IntegerProgramBenchmark(program: program)
    case .clipping: ClippingBenchmark()
    case .evaluator: EvaluatorBenchmark(program: program, threads: threads)
    case .study: StudyBenchmark(program: program)
    case .workers: WorkersBenchmark(program: program)
    case .searchSpeed: SearchSpeedBenchmark(program: program, threads: threads)
    case .longStudy: LongStudyBenchmark(program: program)
    case .onnxImport:
      ImportBenchmark(program: program, python: python ?? program.comparisonPython ?? "python3")
    }
  }
}
