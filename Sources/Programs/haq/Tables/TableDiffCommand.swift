import ArgumentParser
import Core
import CostTables
import Diagnostics
import Documents

/// `haq table diff`: where two tables differ.
struct TableDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compares two tables, and fails if they differ by more than a tolerance.",
    discussion: """
      The tables may have different formats and units; haq compares costs in SI units.

      Examples:
        haq table diff costs.csv costs.npy --unit cycles --clock-hz 200e6 --network mobilenet-v2 --batch 16
        haq table diff old.csv new.csv --tolerance 0.01

      Exit codes: 0 equal, 1 different or an error, 64 a mistake in the command line.
      """)

  @Argument(help: "Table that differences are relative to.")
  var first: String

  @Argument(help: "Table to compare with the first.")
  var second: String

  @OptionGroup var options: TableOptions

  @Option(
    help: ArgumentHelp(
      "Largest relative difference that counts as equal, at least 0.", valueName: "difference"))
  var tolerance = 1e-12

  @OptionGroup var format: FormatOption

  func validate() throws {
    if !(tolerance >= 0) { throw ValidationError("--tolerance must be at least 0, not \(tolerance).") }
  }

  func run() throws {
    let first = try options.table(first)
    let second = try options.table(second)
    let shapes = [first, second].map { $0.network.layers.map(LayerShape.init) }
    guard shapes[0] == shapes[1] else {
      throw Diagnostic(
        "the tables are for different networks: \(shapes[0].count) and \(shapes[1].count) layers, "
          + "\(zip(shapes[0], shapes[1]).count { $0 != $1 }) of them with different shapes")
    }
    guard first.network.batch == second.network.batch else {
      throw Diagnostic(
        "the tables are for batch \(first.network.batch) and for batch \(second.network.batch)")
    }
    let document = TableDiffDocument(TableDifference(first, second, tolerance: tolerance))
    try format.print(document, text: document.text)
    if !document.isEmpty { throw ExitCode.failure }
  }
}
