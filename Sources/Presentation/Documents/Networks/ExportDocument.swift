public import Core
public import Exporting

/// The packed size of every layer of an exported network: the result of `haq export`.
public struct ExportDocument: Document {
  public static let schema: SchemaName = "haq.export/1.0"

  public var network: String
  public var form: ExportForm
  public var output: String
  /// Of the file written.
  public var outputBytes: Int
  public var layers: [LayerPart]
  /// Quantized values and scales of all layers.
  public var weightBytes: Int
  public var biasBytes: Int
  /// The same weights as 32-bit floats.
  public var floatWeightBytes: Int
  public var programVersion: String

  /// One layer's parameters.
  public struct LayerPart: Hashable, Sendable, Codable {
    public var name: String
    public var weightBits: BitWidth
    public var activationBits: BitWidth
    public var weights: Int
    public var scales: Int
    /// The quantized values, packed.
    public var valueBytes: Int
    public var scaleBytes: Int
    public var weightBytes: Int

    private enum CodingKeys: String, CodingKey {
      case name, weights, scales
      case weightBits = "weight_bits"
      case activationBits = "activation_bits"
      case valueBytes = "value_bytes"
      case scaleBytes = "scale_bytes"
      case weightBytes = "weight_bytes"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case network, form, output, layers
    case outputBytes = "output_bytes"
    case weightBytes = "weight_bytes"
    case biasBytes = "bias_bytes"
    case floatWeightBytes = "float_weight_bytes"
    case programVersion = "program_version"
  }

  /// - Parameter output: The file written.
  public init(
    _ size: PackedSize, of network: String, as form: ExportForm, in output: (path: String, bytes: Int)
  ) {
    self.network = network
    self.form = form
    self.output = output.path
    outputBytes = output.bytes
    layers = size.layers.map {
      LayerPart(
        name: $0.name, weightBits: $0.precision.weight, activationBits: $0.precision.activation,
        weights: $0.weightCount, scales: $0.scaleCount, valueBytes: $0.codeBytes,
        scaleBytes: $0.scaleBytes, weightBytes: $0.weightBytes)
    }
    weightBytes = layers.reduce(0) { $0 + $1.weightBytes }
    biasBytes = size.layers.reduce(0) { $0 + $1.biasBytes }
    floatWeightBytes = layers.reduce(0) { $0 + 4 * $1.weights }
    programVersion = ProgramVersion.current
  }
}
