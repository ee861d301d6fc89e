public import ArgumentParser
import Core
import CostTables
import Diagnostics
import Documents
import Foundation
import Hashing
public import Profiles
import Specs

/// `haq table import`: the profile of another program becomes a cost table.
struct TableImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Makes a cost table of a profile that another program wrote.",
    discussion: """
      The operators of the profile are found in the network by name, and by shape where the profile states it: a name \
      with another shape is no match. What is found is printed, with the layers that the profile lacks and the time that \
      other operators take; with --dry-run that is all. docs/table.md section 5 has the formats.

      Examples:
        haq table import profile.json --from onnxruntime-profile --network fashion-mobilenet-v2 -o table.csv
        haq table import benchmark_average_counters_report.csv --from openvino --network fashion-mobilenet-v2 \
      -o table.csv
        haq table import trt-profile.json --from trtexec --layers trt-layers.json --network small.json -o table.csv
        haq table import benchmark.txt --from tflite --network small.json --bits W8A8 -o table.csv
        haq table import tvm-report.json --from tvm --network small.json -o table.csv
        haq table import timeloop-mapper.stats.txt --from timeloop --network small.json --clock-hz 1e9 -o table.csv
        haq table import COMPUTE_REPORT.csv --from scale-sim --layers topology.csv --network small.json --bits W8A8 \
      --clock-hz 1e9 -o table.csv
      """)

  @Argument(help: "Profile to read.")
  var input: String

  @Option(
    help: ArgumentHelp(
      "Format of the profile: \(ProfileFormat.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "format"))
  var from: ProfileFormat

  @Option(
    help: ArgumentHelp(
      "File that says what the operators are: that of trtexec --exportLayerInfo, or the topology of scale-sim.",
      valueName: "file"))
  var layers: String?

  @Option(help: ArgumentHelp("Network that was profiled: built-in, .onnx or .json.", valueName: "network"))
  var network: String

  @Option(
    help: ArgumentHelp(
      "Samples per inference in the profile. (default: the network file's, else 1)", valueName: "n"))
  var batch: Int?

  @Option(
    help: ArgumentHelp(
      "Widths of operators whose widths the profile does not state, such as W8A8.", valueName: "bits"),
    transform: PolicyOption.precision)
  var bits: Precision?

  @Option(
    name: .customLong("clock-hz"), help: ArgumentHelp("Clock in Hz, for profiles in cycles.", valueName: "hz")
  )
  var clockHertz: Double?

  @Option(
    name: [.customShort("o"), .long], help: ArgumentHelp("Table to write, a .csv file.", valueName: "file"))
  var output: String

  @Flag(help: "Print how the profile is understood; write nothing.")
  var dryRun = false

  @OptionGroup var force: ForceOption
  @OptionGroup var format: FormatOption

  func validate() throws {
    if let batch { try NetworkArgument.check(batch: batch) }
    if let clockHertz, !(clockHertz > 0 && clockHertz.isFinite) {
      throw ValidationError("--clock-hz must be a number above 0, not \(clockHertz).")
    }
    if from.unit == .cycles, clockHertz == nil {
      throw ValidationError("A profile of \(from.rawValue) is in cycles; give --clock-hz.")
    }
    if from.unit == .seconds, clockHertz != nil {
      throw ValidationError("A profile of \(from.rawValue) is in seconds; leave out --clock-hz.")
    }
    guard output.lowercased().hasSuffix(".csv") || output.hasPrefix("/dev/") else {
      throw ValidationError("The table is a .csv file; haq table convert makes others of it.")
    }
  }

  func run() throws {
    let network = try NamedNetwork(network).layers(batch: batch, defaultBatch: 1)
    let operators = try from.operators(
      in: try InputFile.read(input), file: input, layers: try layers.map { (try InputFile.read($0), $0) })
    let profile = try ImportedProfile(
      operators, of: network, bits: bits, clockHertz: clockHertz, file: input)
    let bytes = Data(profile.csv.utf8)
    if !dryRun { try OutputFile.write(bytes, to: output, readOnlyFiles: force.readOnlyFiles) }
    let document = TableImportDocument(
      profile, from: from, in: WrittenTable(file: output, sha256: bytes.sha256, unit: .seconds),
      isWritten: !dryRun)
    try format.print(document, text: document.text)
  }
}

extension ProfileFormat: ExpressibleByArgument {}
