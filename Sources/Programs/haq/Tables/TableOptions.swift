public import ArgumentParser
public import CostTables
import Specs
import Targets

/// What a command needs to read a table file: whose layers it has, and what the file leaves out.
struct TableOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Network whose costs the table holds: built-in, .onnx or .json. (default: the shapes in the table)",
      valueName: "network"))
  var network: String?

  @Option(
    help: ArgumentHelp(
      "Samples per inference that the costs are for. (default: what the table or the network file states)",
      valueName: "n"))
  var batch: Int?

  @Option(help: ArgumentHelp("Unit of a .npy table; other formats state it.", valueName: "unit"))
  var unit: CostSheet.LatencyUnit?

  @Option(help: ArgumentHelp("Clock in Hz, for tables in cycles.", valueName: "hz"))
  var clockHz: Double?

  func validate() throws {
    if let batch { try NetworkArgument.check(batch: batch) }
    if let clockHz, !(clockHz > 0 && clockHz.isFinite) {
      throw ValidationError("--clock-hz must be a number above 0, not \(clockHz).")
    }
  }

  var source: TableSource {
    TableSource(shapes: network.map(Self.shapes), batch: batch, unit: unit, clock_hz: clockHz)
  }

  /// The layers of a built-in network or a file.
  static func shapes(of network: String) -> TableSource.Shapes {
    { try NamedNetwork(network).layers(batch: $0, defaultBatch: $1) }
  }

  /// The table in `file`, bound to its network; `target` supplies clock and batch where nothing else does.
  func table(_ file: String, for target: Target? = nil) throws -> LookupTable {
    try source.table(file, for: target?.spec)
  }
}

extension CostSheet.LatencyUnit: ExpressibleByArgument {}
