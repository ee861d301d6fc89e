import ArgumentParser
import Core
import CostTables
import Diagnostics
import Documents
import Foundation
import Hashing
import Specs

/// `haq table convert`: the same costs in another form or unit.
struct TableConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Writes a table in another format, and optionally a spec that makes it a target.",
    discussion: """
      Examples:
        haq table convert costs.csv -o costs.npy --clock-hz 200e6
        haq table convert haq.npy --unit cycles --clock-hz 200e6 --network mobilenet-v2 --batch 16 -o haq.csv
        haq table convert measured.csv -o board.csv --as-target my-board
        haq table convert sheet.csv --network resnet-18 --batch 8 --match order --dry-run -o board.csv

      It prints how the table was understood: what each column is and in which unit, what was ignored, and which layer \
      of the table is which of the network. With --dry-run that is all.
      """)

  @Argument(help: "Table to read: .csv, .json or .npy.")
  var input: String

  @OptionGroup var options: TableOptions

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("Table to write: .csv, .json or .npy.", valueName: "file"))
  var output: String

  @Option(
    help: ArgumentHelp("Unit of latencies to write. (default: seconds; cycles for .npy)", valueName: "unit"))
  var outputUnit: CostSheet.LatencyUnit?

  @Option(
    help: ArgumentHelp(
      "Also write a spec, ID.json beside the output, that makes the table a target with this id.",
      valueName: "id"))
  var asTarget: String?

  @Flag(help: "Print how the table is understood; write nothing.")
  var dryRun = false

  @OptionGroup var force: ForceOption
  @OptionGroup var format: FormatOption

  func run() throws {
    let form = try TableFormat(ofFile: output)
    let reading = try options.source.read(input)
    let table = reading.table
    let unit = outputUnit ?? (form == .npy ? .cycles : .seconds)
    let bytes = try table.bytes(as: form, unit: unit)
    let spec = try asTarget.map { try self.spec(id: $0, table, form: form, unit: unit, sha256: bytes.sha256) }
    if let spec, FileManager.default.fileExists(atPath: spec.path) {
      throw Diagnostic(
        "the file exists already, and haq does not overwrite a spec", at: .init(file: spec.path),
        hint: "Remove it, or choose another id.")
    }
    if !dryRun {
      try OutputFile.write(bytes, to: output, readOnlyFiles: force.readOnlyFiles)
      if let spec {
        try OutputFile.write(Data(spec.text.utf8), to: spec.path, readOnlyFiles: force.readOnlyFiles)
      }
    }
    let written = WrittenTable(file: output, sha256: bytes.sha256, unit: unit)
    let document = TableConversionDocument(
      reading, in: written, spec: spec?.path, isWritten: !dryRun)
    try format.print(document, text: document.text)
  }

  private func spec(
    id: String, _ table: LookupTable, form: TableFormat, unit: CostSheet.LatencyUnit, sha256: String
  ) throws -> (path: String, text: String) {
    guard form != .json else {
      throw Diagnostic(
        "a target cannot use a .json table; write a .csv or .npy file with -o", at: .init(file: output))
    }
    let url = URL(filePath: output)
    let path = url.deletingLastPathComponent().appending(path: "\(id).json").relativePath
    let document = TableTargetDocument(
      id: id, file: url.lastPathComponent, sha256: sha256, origin: input, network: table.network,
      weightWidths: table.weightWidths, activationWidths: table.activationWidths,
      pairs: table.measuredPairs,
      metrics: form == .npy ? [.latency] : table.metrics,
      clockHertz: unit == .cycles ? table.clockHertz : nil, numPyUnit: form == .npy ? unit.rawValue : nil)
    // Our own reader is the judge: it reports a bad id, for one.
    _ = try TargetSpec.read(Data(document.text.utf8), file: path)
    return (path, document.text)
  }
}
