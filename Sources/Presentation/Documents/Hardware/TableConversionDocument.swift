import Core
public import CostTables

/// The same costs in another file: the result of `haq table convert`.
public struct TableConversionDocument: Document {
  public static let schema: SchemaName = "haq.table-conversion/1.0"

  public var file: String
  public var sha256: String
  /// Of latencies in the file.
  public var unit: CostSheet.LatencyUnit
  public var points: Int
  public var layers: Int
  public var batch: Int
  /// The spec that makes the table a target; absent when none was asked for.
  public var spec: String?

  public init(_ table: LookupTable, in written: WrittenTable, spec: String?) {
    (file, sha256, unit) = (written.file, written.sha256, written.unit)
    points = table.cells.count
    layers = table.network.layers.count
    batch = table.network.batch
    self.spec = spec
  }

  /// A sentence or two for a terminal.
  public var text: String {
    let made = spec.map { "Wrote \($0); try: haq cost NETWORK --target \($0)\n" } ?? ""
    return
      "Wrote \(points) points (\(layers) layers, batch \(batch), latency in \(unit.rawValue)) to \(file).\n\(made)"
  }
}
