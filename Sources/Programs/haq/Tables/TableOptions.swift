public import ArgumentParser
public import CostTables
import Specs
import Targets

/// What a command must be told to read a table file: whose layers it has, and what the file itself leaves out.
struct TableOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The network whose costs the table holds: a built-in one, an .onnx or a .json file. (default: the shapes "
        + "in the table)", valueName: "network"))
  var network: String?

  @Option(help: "Samples per inference that the costs are for. (default: what table or network file states)")
  var batch: Int?

  @Option(help: "What a .npy table holds: cycles or seconds. Other forms state it.")
  var unit: CostSheet.LatencyUnit?

  @Option(help: "Cycles per second, for tables in cycles.")
  var clockHz: Double?

  func validate() throws {
    if let batch { try NetworkArgument.check(batch: batch) }
    if let clockHz, !(clockHz > 0 && clockHz.isFinite) {
      throw ValidationError("--clock-hz must be a number > 0.")
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
