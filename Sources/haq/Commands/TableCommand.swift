import ArgumentParser
import Diagnostics
import Foundation
import HardwareModel
import Reports
import SpecLanguage
import Targets

/// `haq table`: cost tables as files.
struct TableCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "table",
    abstract: "Works with cost tables: the cost of every layer at every precision.",
    discussion: """
      Example:
        haq table build mobilenet-v2 --target bismo-vu9p -o costs.csv
      """,
    subcommands: [TableBuildCommand.self])
}

/// `haq table build`: writes a cost table.
struct TableBuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Writes the cost of every layer at every precision to a file.",
    discussion: """
      A name that ends in .npy gives a NumPy array of cycles with shape (layers, 8, 8), indexed by layer, weight
      bits - 1 and activation bits - 1, as HAQ's published code loads it. Other names give CSV.

      Examples:
        haq table build mobilenet-v2 --target bismo-vu9p -o costs.csv
        haq table build mobilenet-v2 --target bismo-vu9p --unit cycles -o costs.npy
      """)

  /// The unit of latencies.
  enum Unit: String, ExpressibleByArgument, CaseIterable {
    case seconds
    case cycles
  }

  @OptionGroup var network: NetworkArgument
  @OptionGroup var target: TargetOption

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("The file to write: .csv or .npy.", valueName: "file"))
  var output: String

  @Option(
    help:
      "The unit of latencies; cycles are whole, by the spec's clock_hz. (default: seconds; cycles for .npy)")
  var unit: Unit?

  @OptionGroup var format: FormatOption

  private var isNumPy: Bool { output.lowercased().hasSuffix(".npy") }

  func validate() throws {
    if isNumPy, unit == .seconds {
      throw ValidationError("A .npy table holds cycles; leave out --unit seconds, or write a .csv file.")
    }
  }

  func run() throws {
    let target = try target.resolve()
    let cycles = isNumPy || unit == .cycles ? try Self.cycles(of: target) : nil
    let network = try network.resolve(for: target)
    let table = try target.costTable(of: network)
    let bytes: Data
    if isNumPy, let cycles {
      bytes = try table.numPy(cycles: cycles)
    } else {
      bytes = Data(try table.csv(unit: cycles.map(LatencyUnit.cycles) ?? .seconds).utf8)
    }
    try OutputFile.write(bytes, to: output)
    let points = network.layers.count * table.weightWidths.count * table.activationWidths.count
    let report = TableReport(
      file: output, sha256: bytes.sha256, points: points, unit: cycles == nil ? "seconds" : "cycles",
      network: NetworkStamp(table), target: TargetStamp(table),
      program_version: table.provenance.programVersion)
    try format.print(
      report,
      text:
        "Wrote \(points) points (\(network.layers.count) layers, latency in \(report.unit)) to \(output).\n")
  }

  private static func cycles(of target: Target) throws -> CycleColumn {
    guard let clock = target.spec.number("clock_hz") else {
      throw Diagnostic(
        "cycles need the parameter \"clock_hz\", which the spec of target \"\(target.spec.id)\" lacks",
        at: .init(file: target.file), hint: "Write a .csv file with --unit seconds.")
    }
    return CycleColumn(clock_hz: clock)
  }
}

/// `haq table build --format json`.
private struct TableReport: Encodable {
  var file: String
  var sha256: String
  var points: Int
  var unit: String
  var network: NetworkStamp
  var target: TargetStamp
  var program_version: String
}
