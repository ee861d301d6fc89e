import Core
import CostTables
public import Profiles
import Rendering

/// A profile of another program that became a cost table: the result of `haq table import`.
public struct TableImportDocument: Document {
  public static let schema: SchemaName = "haq.table-import/1.0"

  public var file: String
  public var sha256: String
  /// Of the profile, such as `onnxruntime-profile`.
  public var format: ProfileFormat
  public var network: String
  public var batch: Int
  /// The layers of the network that the profile has, in order.
  public var layers: [LayerPart]
  /// Layers of the network that the profile does not have.
  public var missing: [String]
  public var others: OthersPart
  /// Whether the table was written; false for a dry run.
  public var isWritten: Bool

  /// A layer and the operator that it was.
  public struct LayerPart: Hashable, Sendable, Codable {
    public var name: String
    /// In the words of the profile.
    public var profiled: String
    public var by: ProfileMatch.Rule
    /// Whether the profile states a shape, which is the layer's.
    public var isShapeChecked: Bool
    public var precision: String
    public var latencySeconds: Double

    private enum CodingKeys: String, CodingKey {
      case name, by, precision
      case profiled = "operator"
      case isShapeChecked = "is_shape_checked"
      case latencySeconds = "latency_s"
    }
  }

  /// What lies between layers.
  public struct OthersPart: Hashable, Sendable, Codable {
    public var operators: Int
    public var latencySeconds: Double

    private enum CodingKeys: String, CodingKey {
      case operators
      case latencySeconds = "latency_s"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case file, sha256, format, network, batch, layers, missing, others
    case isWritten = "is_written"
  }

  public init(
    _ profile: ImportedProfile, from format: ProfileFormat, in written: WrittenTable, isWritten: Bool
  ) {
    (file, sha256, self.format) = (written.file, written.sha256, format)
    (network, batch) = (profile.network.name, profile.network.batch)
    layers = zip(profile.match.pairs, profile.rows).map { pair, row in
      LayerPart(
        name: row.layer.name, profiled: pair.profiled.name, by: pair.by, isShapeChecked: pair.isShapeChecked,
        precision: row.precision.description, latencySeconds: row.costs?[.latency] ?? 0)
    }
    missing = profile.match.missing
    others = OthersPart(operators: profile.match.others.count, latencySeconds: profile.otherSeconds)
    self.isWritten = isWritten
  }

  /// The map from operators to layers, and what was left out.
  public var text: String {
    var table = TextTable([
      .init("layer"), .init("operator"), .init("matched by"), .init("widths"), .init("latency", .right),
    ])
    for layer in layers {
      let rule =
        switch (layer.by, layer.isShapeChecked) {
        case (.name, true): "name and shape"
        case (.name, false): "name alone"
        case (.shape, _): "shape and order"
        }
      table.add([
        layer.name, layer.profiled, rule, layer.precision, Quantity.seconds(layer.latencySeconds),
      ])
    }
    let sum = layers.reduce(0) { $0 + $1.latencySeconds }
    let shown = missing.prefix(5).joined(separator: ", ") + (missing.count > 5 ? ", ..." : "")
    return table.text
      + "Layers take \(Quantity.seconds(sum)); \(Quantity.counted(others.operators, "other operator")) "
      + "\(others.operators == 1 ? "takes" : "take") \(Quantity.seconds(others.latencySeconds)).\n"
      + (missing.isEmpty
        ? "" : "Not in the profile: \(Quantity.counted(missing.count, "layer")) (\(shown)).\n")
      + "\(isWritten ? "Wrote" : "Would write") \(Quantity.counted(layers.count, "point")) of \(network), batch \(batch), to "
      + "\(file).\n"
  }
}
