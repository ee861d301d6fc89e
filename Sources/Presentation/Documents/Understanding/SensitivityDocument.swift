public import Core
public import PrecisionSearch

/// How much a network changes when one operand of one layer has another format than the widest: `sensitivity.json` of a search, and the
/// result of `haq sensitivity`.
public struct SensitivityDocument: Document {
  public static let schema: SchemaName = "haq.sensitivity/1.1"

  public var network: String
  /// Absent without a target.
  public var target: TargetStamp?
  public var data: String
  /// Validation samples of each measurement.
  public var samples: Int
  public var measure: Sensitivity.Measure
  public var layers: [LayerPart]

  /// One layer.
  public struct LayerPart: Hashable, Sendable, Codable {
    public var name: String
    public var kind: Layer.Kind
    /// At the reference of the target, mostly uniform 8 bit; absent without a target that can run that.
    public var eightBitLatencySeconds: Double?
    /// From few bits to many; none for a layer whose bits are fixed.
    public var weight: [Increase]
    /// From few bits to many; none for a layer whose bits are fixed.
    public var activation: [Increase]

    private enum CodingKeys: String, CodingKey {
      case name, kind, weight, activation
      case eightBitLatencySeconds = "eight_bit_latency_s"
    }
  }

  /// How far the measure rises above its value with everything at its widest.
  public struct Increase: Hashable, Sendable {
    public var bits: BitWidth
    /// At least that of every format that covers this one.
    public var nats: Double
  }
}

extension SensitivityDocument.Increase: Codable {
  private enum CodingKeys: String, CodingKey {
    case bits, format
    case nats = "increase_nats"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    nats = try container.decode(Double.self, forKey: .nats)
    // A name where bits do not tell all.
    bits = try container.decode(BitWidth.self, forKey: container.contains(.format) ? .format : .bits)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(bits, forKey: bits.isNumberOfBits ? .bits : .format)
    try container.encode(nats, forKey: .nats)
  }
}

extension SensitivityDocument {
  /// - Parameters:
  ///   - isOnTarget: Whether the table's costs are those of hardware.
  ///   - data: What the evaluator calls its data.
  ///   - samples: Validation samples of each measurement.
  /// - Precondition: the sensitivity has an entry for each layer of the table's network.
  public init(_ sensitivity: Sensitivity, table: CostTable, isOnTarget: Bool, data: String, samples: Int) {
    precondition(sensitivity.layers.count == table.network.layers.count)
    network = table.network.name
    target = isOnTarget ? TargetStamp(table) : nil
    self.data = data
    self.samples = samples
    measure = sensitivity.measure
    layers = zip(table.network.layers, sensitivity.layers).enumerated().map { index, layer in
      LayerPart(
        name: layer.0.name, kind: layer.0.kind,
        eightBitLatencySeconds: table.cost(
          .latency, layer: index, underUniform: table.widthRules.reference ?? .eight),
        weight: Self.increases(layer.1?.weight), activation: Self.increases(layer.1?.activation))
    }
  }

  private static func increases(_ increases: [Sensitivity.Increase]?) -> [Increase] {
    (increases ?? []).sorted { $0.width < $1.width }.map { Increase(bits: $0.width, nats: $0.increase) }
  }

  /// As the methods of a search use it.
  public var sensitivity: Sensitivity {
    func increases(_ increases: [Increase]) -> [Sensitivity.Increase] {
      increases.map { Sensitivity.Increase(width: $0.bits, increase: $0.nats) }
    }
    return Sensitivity(
      measure: measure,
      layers: layers.map { layer in
        layer.weight.isEmpty
          ? nil
          : Sensitivity.LayerPart(
            weight: increases(layer.weight), activation: increases(layer.activation))
      })
  }
}
