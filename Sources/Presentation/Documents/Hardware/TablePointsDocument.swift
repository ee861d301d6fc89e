public import Core
public import CostTables

/// What a cost table holds: the result of `haq table show`.
public struct TablePointsDocument: Document {
  public static let schema: SchemaName = "haq.table-points/1.0"

  public var batch: Int
  public var layers: [LayerPart]
  public var missingLayers: [String]
  /// Ascending.
  public var weightBits: [BitWidth]
  public var activationBits: [BitWidth]
  /// Absent where the table states no widths of outputs.
  public var outputBits: [BitWidth]?
  public var metrics: [Metric]
  /// By layer, weight bits, activation bits and output bits.
  public var points: [PointPart]

  /// A layer of the table's network.
  public struct LayerPart: Hashable, Sendable, Codable {
    public var name: String
    /// `convolution, 3 -> 40 channels, ...`
    public var shape: String
  }

  /// The costs of one layer at one precision.
  public struct PointPart: Hashable, Sendable, Codable {
    public var layer: Int
    public var name: String
    public var weightBits: BitWidth
    public var activationBits: BitWidth
    /// Of the output as it is stored; absent where the table does not state it.
    public var outputBits: BitWidth?
    public var cost: [Metric: Double]

    private enum CodingKeys: String, CodingKey {
      case layer, name, cost
      case weightBits = "weight_bits"
      case activationBits = "activation_bits"
      case outputBits = "output_bits"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case batch, layers, metrics, points
    case missingLayers = "missing_layers"
    case weightBits = "weight_bits"
    case activationBits = "activation_bits"
    case outputBits = "output_bits"
  }

  public init(_ table: LookupTable) {
    batch = table.network.batch
    layers = table.network.layers.map { LayerPart(name: $0.name, shape: LayerShape($0).description) }
    missingLayers = table.missingLayers
    (weightBits, activationBits) = (table.weightWidths, table.activationWidths)
    outputBits = table.outputWidths.isEmpty ? nil : table.outputWidths
    metrics = table.metrics
    points = table.sortedPoints.map {
      PointPart(
        layer: $0.layer, name: table.network.layers[$0.layer].name, weightBits: $0.precision.weight,
        activationBits: $0.precision.activation, outputBits: $0.output, cost: table.cells[$0] ?? [:])
    }
  }
}
