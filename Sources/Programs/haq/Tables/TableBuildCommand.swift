import ArgumentParser
import Core
import CostTables
import Diagnostics
import Documents
import Foundation
import Hashing
import Specs
import Targets

/// `haq table build`: writes a target's cost table.
struct TableBuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Writes the cost of every layer at every precision to a file.",
    discussion: """
      The extension of the file chooses its format: .csv, .json or .npy.

      Examples:
        haq table build mobilenet-v2 --target bismo-vu9p -o costs.csv
        haq table build mobilenet-v2 --target bismo-vu9p -o costs.npy
      """)

  @OptionGroup var network: NetworkArgument
  @OptionGroup(title: OptionTitle.networkAndTarget) var target: TargetOption

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("Table to write: .csv, .json or .npy.", valueName: "file"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "Unit of latencies; cycles are whole numbers at the spec's clock_hz. (default: seconds; cycles for .npy)",
      valueName: "unit"))
  var unit: CostSheet.LatencyUnit?

  @OptionGroup var force: ForceOption
  @OptionGroup var format: FormatOption

  func run() throws {
    let form = try TableFormat(ofFile: output)
    let unit = unit ?? (form == .npy ? .cycles : .seconds)
    let target = try target.resolve()
    let clock = target.spec.number("clock_hz")
    guard unit == .seconds || clock != nil else {
      throw Diagnostic(
        "cycles need the parameter \"clock_hz\", which the spec of target \"\(target.spec.id)\" lacks",
        at: .init(file: target.file), hint: "Use --unit seconds.")
    }
    let costs = try target.costTable(of: try network.resolve(for: target))
    let table = LookupTable(costs, clockHertz: clock)
    let bytes = try table.bytes(as: form, unit: unit)
    try OutputFile.write(bytes, to: output, readOnlyFiles: force.readOnlyFiles)
    let written = WrittenTable(file: output, sha256: bytes.sha256, unit: unit)
    let document = TableBuildDocument(table, of: costs, in: written)
    try format.print(document, text: document.text)
  }
}
