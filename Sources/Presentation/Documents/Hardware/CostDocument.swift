public import Core
public import CostPrograms
import Diagnostics

/// What one policy costs on a target: the result of `haq cost`.
public struct CostDocument: Document {
  public static let schema: SchemaName = "haq.cost/1.0"

  public var network: NetworkStamp
  public var target: TargetStamp
  public var layers: [LayerCost]
  public var total: [Metric: Double]
  /// The widest operands of the target, which bars of bits are drawn against.
  public var widestWeightBits: BitWidth
  public var widestActivationBits: BitWidth
  /// On any hardware; absent for a list of layers, which has no connections.
  public var memory: NetworkMemory?
  /// Of metrics whose total is not made of the costs of layers alone; absent when there are none.
  public var networkGap: [Metric: NetworkGap]?
  /// Of the latency of all layers; absent where the target does not say how sure it is.
  public var interval: IntervalPart?
  public var programVersion: String

  /// One layer at its precision.
  public struct LayerCost: Hashable, Sendable, Codable {
    public var name: String
    public var kind: Layer.Kind
    /// `32x112x112 -> 64x112x112, 3x3/2`, and what else the window is
    public var shape: String
    /// Of one sample.
    public var macs: Int
    public var weightBits: BitWidth
    public var activationBits: BitWidth
    /// Of the output as it is stored; absent where the target's costs do not depend on it.
    public var outputBits: BitWidth?
    /// The precision whose cost the target states for the layer, such as `W4A8`; absent where that is the layer's own.
    public var costedAs: String?
    /// Of the whole batch.
    public var cost: [Metric: Double]
    public var bound: Breakdown.Bound?
    /// Present and true when the cost lies between measured ones.
    public var isInterpolated: Bool?
    /// When a program of the user's gave the cost, and how sure it is; absent for other targets.
    public var answer: AnswerPart?
    /// Of the latency; absent where the target does not say how sure it is.
    public var interval: IntervalPart?

    private enum CodingKeys: String, CodingKey {
      case name, kind, shape, macs, cost, bound, answer, interval
      case weightBits = "weight_bits"
      case activationBits = "activation_bits"
      case outputBits = "output_bits"
      case costedAs = "costed_as"
      case isInterpolated = "is_interpolated"
    }
  }

  /// What is recorded of a program's answer beside the cost.
  public struct AnswerPart: Hashable, Sendable, Codable {
    /// In ISO 8601, UTC.
    public var at: String
    /// Half the distance between the quartiles of the repetitions, by their median; absent where nothing was measured.
    public var spread: Double?
    public var repetitions: Int?
    /// Of the repetitions, in seconds.
    public var least: Double?

    private enum CodingKeys: String, CodingKey {
      case at, spread, repetitions
      case least = "least_s"
    }
  }

  /// Between which latencies the true one is, with the probability `probability`.
  public struct IntervalPart: Hashable, Sendable, Codable {
    public var probability: Double
    /// Seconds.
    public var low: Double
    public var high: Double

    private enum CodingKeys: String, CodingKey {
      case probability
      case low = "low_s"
      case high = "high_s"
    }

    /// The probability of the intervals that are shown.
    static let shown = 0.9

    init?(_ interval: ClosedRange<Double>?) {
      guard let interval else { return nil }
      (probability, low, high) = (Self.shown, interval.lowerBound, interval.upperBound)
    }
  }

  private enum CodingKeys: String, CodingKey {
    case network, target, layers, total, memory, interval
    case widestWeightBits = "widest_weight_bits"
    case widestActivationBits = "widest_activation_bits"
    case networkGap = "network_gap"
    case programVersion = "program_version"
  }

  /// - Parameters:
  ///   - totals: The costs of the network, which the table may have had to ask the target for.
  ///   - memory: Nil where the network has no connections.
  ///
  /// Throws `Diagnostics` that name every layer which the target cannot run at its precision.
  public init(
    of policy: Policy, in table: CostTable, totals: [Metric: Double], memory: NetworkMemory?
  ) throws {
    guard policy.precisions.indices.allSatisfy({ table.supports(layer: $0, under: policy) }) else {
      throw Self.unsupported(policy, in: table)
    }
    network = NetworkStamp(table)
    target = TargetStamp(table)
    layers = table.network.layers.indices.map { LayerCost(layer: $0, under: policy, in: table) }
    total = totals
    widestWeightBits = table.weightWidths[table.weightWidths.count - 1]
    widestActivationBits = table.activationWidths[table.activationWidths.count - 1]
    self.memory = memory
    interval = IntervalPart(table.latencyInterval(of: policy, probability: IntervalPart.shown))
    let gaps = table.networkGaps(of: policy, totals: totals)
    networkGap = gaps.isEmpty ? nil : gaps
    programVersion = table.provenance.programVersion
  }

  /// Says when each layer's cost was given; in the order of the layers.
  public mutating func add(_ answers: [AnswerFile.RecordedAnswer?]) {
    for (index, recorded) in zip(layers.indices, answers) {
      layers[index].answer = recorded.map {
        AnswerPart(
          at: $0.at, spread: $0.answer.spread, repetitions: $0.answer.repetitions,
          least: $0.answer.leastSeconds)
      }
    }
  }

  /// One problem per precision, not per layer: a uniform policy would repeat itself.
  private static func unsupported(_ policy: Policy, in table: CostTable) -> Diagnostics {
    let layers = table.network.layers.indices.filter { !table.supports(layer: $0, under: policy) }
    let byWidths = Dictionary(grouping: layers) { layer in
      let costedAs: Precision? = table.costedAs(policy[layer], layer: layer)
      let output = costedAs == nil ? nil : table.outputWidth(ofLayer: layer, under: policy)
      return Point(layer: 0, precision: policy[layer], output: output)
    }
    let has = Self.formats(of: table)
    return Diagnostics(
      byWidths.sorted { $0.value[0] < $1.value[0] }.map { point, layers in
        let names = layers.prefix(3).map { table.network.layers[$0].name }.joined(separator: ", ")
        let rest = layers.count > 3 ? " and \(layers.count - 3) more layers" : ""
        return Diagnostic(
          "target \"\(table.provenance.name)\" cannot run \(names)\(rest) at \(point.widths); it has \(has)")
      })
  }

  /// The widths of a target, or its pairs where it has other formats.
  private static func formats(of table: CostTable) -> String {
    func listed(_ widths: [BitWidth]) -> String { widths.map(\.description).joined(separator: ", ") }
    let widths = table.weightWidths + table.activationWidths
    guard !widths.allSatisfy(\.isNumberOfBits) else {
      return "weights of \(listed(table.weightWidths)) bits and activations of "
        + "\(listed(table.activationWidths)) bits"
    }
    return "the pairs " + table.legalPairs.map(\.description).joined(separator: ", ")
  }
}

extension CostDocument.LayerCost {
  fileprivate init(layer index: Int, under policy: Policy, in table: CostTable) {
    let (layer, precision) = (table.network.layers[index], policy[index])
    let output = table.outputWidth(ofLayer: index, under: policy)
    name = layer.name
    kind = layer.kind
    shape = Self.shape(of: layer)
    macs = layer.multiplyAccumulates
    weightBits = precision.weight
    activationBits = precision.activation
    outputBits = output
    costedAs = table.costedAs(precision, layer: index)
    cost = table.costs(ofLayer: index, at: precision, output: output)
    bound = table.breakdown(layer: index, at: precision, output: output)?.bound
    isInterpolated = table.isInterpolated(layer: index, at: precision, output: output) ? true : nil
    interval = CostDocument.IntervalPart(
      table.latencyInterval(
        layer: index, at: precision, output: output, probability: CostDocument.IntervalPart.shown))
  }

  /// `32x112x112 -> 64x112x112, 3x3/2`
  private static func shape(of layer: Layer) -> String {
    switch layer.kind {
    case .fullyConnected, .matmul:
      let rows = layer.input == .one ? "" : ", \(layer.input.area) rows"
      return "\(layer.inputChannels) -> \(layer.outputChannels)\(rows)"
    case .convolution, .depthwise, .transposedConvolution:
      let stride = layer.stride == .one ? "" : "/\(layer.stride.height)"
      return
        "\(layer.inputChannels)x\(layer.input) -> \(layer.outputChannels)x\(layer.output), \(layer.kernel)\(stride)"
        + (layer.dilation == .one ? "" : ", dilation \(layer.dilation)")
        + (layer.groups == 1 || layer.kind == .depthwise ? "" : ", \(layer.groups) groups")
    }
  }
}
