public import Core
public import CostTables

/// The cost table that was written: the result of `haq table build`.
public struct TableBuildDocument: Document {
  public static let schema: SchemaName = "haq.table-build/1.0"

  public var file: String
  public var sha256: String
  public var points: Int
  public var layers: Int
  /// Of latencies in the file.
  public var unit: CostSheet.LatencyUnit
  public var network: NetworkStamp
  public var target: TargetStamp
  public var programVersion: String

  private enum CodingKeys: String, CodingKey {
    case file, sha256, points, layers, unit, network, target
    case programVersion = "program_version"
  }

  /// - Parameters:
  ///   - table: What was written.
  ///   - costs: What it was made from.
  public init(_ table: LookupTable, of costs: CostTable, in written: WrittenTable) {
    (file, sha256, unit) = (written.file, written.sha256, written.unit)
    points = table.cells.count
    layers = table.network.layers.count
    network = NetworkStamp(costs)
    target = TargetStamp(costs)
    programVersion = costs.provenance.programVersion
  }

  /// One sentence for a terminal.
  public var text: String {
    "Wrote \(points) points (\(layers) layers, batch \(network.batch), latency in \(unit.rawValue)) to \(file).\n"
      + target.caution
  }
}

/// The file that a table was written to.
public struct WrittenTable: Hashable, Sendable {
  public var file: String
  public var sha256: String
  public var unit: CostSheet.LatencyUnit

  public init(file: String, sha256: String, unit: CostSheet.LatencyUnit) {
    self.file = file
    self.sha256 = sha256
    self.unit = unit
  }
}
