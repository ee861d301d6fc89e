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
  /// Whether the files were written; false for a dry run.
  public var isWritten: Bool
  /// How the input was understood; absent for forms that leave nothing to understand.
  public var map: TableMapPart?
  public var match: TableMatchPart
  /// Layers, and points at measured widths, without a cost.
  public var unmeasured: [String]

  private enum CodingKeys: String, CodingKey {
    case file, sha256, unit, points, layers, batch, spec, map, match, unmeasured
    case isWritten = "is_written"
  }

  public init(_ reading: TableSource.Reading, in written: WrittenTable, spec: String?, isWritten: Bool) {
    let table = reading.table
    (file, sha256, unit) = (written.file, written.sha256, written.unit)
    points = table.cells.count
    layers = table.network.layers.count
    batch = table.network.batch
    self.spec = spec
    self.isWritten = isWritten
    map = reading.map.map(TableMapPart.init)
    match = TableMatchPart(reading.match)
    unmeasured = table.unmeasured + table.skippedLayers.map { "layer \($0)" }
  }

  /// How the table was read, what was written, and what it lacks.
  public var text: String {
    let made =
      spec.map { "\(isWritten ? "Wrote" : "Would write") \($0); try: haq cost NETWORK --target \($0)\n" }
      ?? ""
    let shown = unmeasured.prefix(5).joined(separator: ", ") + (unmeasured.count > 5 ? ", ..." : "")
    let consequence =
      spec == nil ? "" : " The target cannot cost a network with them until they are measured."
    let lacking =
      unmeasured.isEmpty ? "" : "Not in the table: \(unmeasured.count) (\(shown)).\(consequence)\n"
    return (map?.text ?? "") + match.text
      + "\(isWritten ? "Wrote" : "Would write") \(points) points (\(layers) layers, batch \(batch), latency in "
      + "\(unit.rawValue)) to \(file).\n\(lacking)\(made)"
  }
}
