public import ArgumentParser
public import CostTables
import Documents
import Specs
import Targets
import Terminal

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

  @Option(
    help: ArgumentHelp(
      "Unit of latencies where the table states none, as a .npy table: seconds, milliseconds, microseconds, "
        + "nanoseconds or cycles.", valueName: "unit"))
  var unit: CostSheet.StatedUnit?

  @Option(
    name: .customLong("clock-hz"),
    help: ArgumentHelp("Clock in Hz, for tables in cycles.", valueName: "hz"))
  var clockHertz: Double?

  @Option(
    help: ArgumentHelp(
      "Find the table's layers in --network by shape, by name, or in their order. (default: by what the table states)",
      valueName: "rule"))
  var match: LayerMatching?

  @Option(
    help: ArgumentHelp(
      "Number of the first layer in the table: 0 or 1. (default: 0, where that leaves no doubt)",
      valueName: "n"))
  var firstLayer: Int?

  @Option(
    help: ArgumentHelp(
      "Decimal mark of a .csv table: point or comma. (default: what its numbers show)", valueName: "mark"))
  var decimal: NumberForm?

  func validate() throws {
    if let batch { try NetworkArgument.check(batch: batch) }
    if let clockHertz, !(clockHertz > 0 && clockHertz.isFinite) {
      throw ValidationError("--clock-hz must be a number above 0, not \(clockHertz).")
    }
    if let firstLayer, !(0...1).contains(firstLayer) {
      throw ValidationError("--first-layer must be 0 or 1, not \(firstLayer).")
    }
    if match == .name || match == .order, network == nil {
      throw ValidationError("--match \(match?.rawValue ?? "") needs --network, whose layers are matched.")
    }
  }

  var source: TableSource {
    var source = TableSource(
      shapes: network.map(Self.shapes), batch: batch, unit: unit, clockHertz: clockHertz)
    (source.match, source.firstLayer, source.decimal) = (match, firstLayer, decimal)
    return source
  }

  /// The layers of a built-in network or a file.
  static func shapes(of network: String) -> TableSource.Shapes {
    { try NamedNetwork(network).layers(batch: $0, defaultBatch: $1) }
  }

  /// The table in `file`, bound to its network; `target` supplies the clock where nothing else does.
  ///
  /// Prints to standard error which columns were converted or ignored.
  func table(_ file: String, for target: Target? = nil) throws -> LookupTable {
    let reading = try source.read(file, for: target?.spec)
    if let map = reading.map, !map.isPlain { StandardError.write("\(file): read as: \(map.sentence)\n") }
    return reading.table
  }
}

extension CostSheet.LatencyUnit: ExpressibleByArgument {}
extension CostSheet.StatedUnit: ExpressibleByArgument {}
extension LayerMatching: ExpressibleByArgument {}
extension NumberForm: ExpressibleByArgument {}
