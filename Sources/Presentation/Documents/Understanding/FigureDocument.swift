public import Core
public import Rendering

/// The picture of a policy, and the numbers that it shows: the result of `haq figure`.
public struct FigureDocument: Document {
  public static let schema: SchemaName = "haq.figure/1.0"

  public var network: NetworkStamp
  public var target: TargetStamp
  /// The .svg file.
  public var picture: String
  /// What the operations per byte are of.
  public var intensityTitle: String
  public var layers: [LayerPart]

  private enum CodingKeys: String, CodingKey {
    case network, target, picture, layers
    case intensityTitle = "intensity_title"
  }

  /// One layer.
  public struct LayerPart: Hashable, Sendable, Codable {
    public var name: String
    public var kind: Layer.Kind
    public var weightBits: BitWidth
    public var activationBits: BitWidth
    public var operationsPerByte: Double

    private enum CodingKeys: String, CodingKey {
      case name, kind
      case weightBits = "weight_bits"
      case activationBits = "activation_bits"
      case operationsPerByte = "operations_per_byte"
    }
  }

  /// - Precondition: the chart is of a policy of the table's network.
  public init(_ chart: PolicyChart, in table: CostTable, picture: String) {
    network = NetworkStamp(table)
    target = TargetStamp(table)
    self.picture = picture
    intensityTitle = chart.intensityTitle
    layers = zip(table.network.layers, chart.entries).map { layer, entry in
      LayerPart(
        name: layer.name, kind: layer.kind, weightBits: entry.precision.weight,
        activationBits: entry.precision.activation, operationsPerByte: entry.intensity)
    }
  }
}
