public import Core
import Diagnostics

/// Why one layer costs what it costs: the result of `haq cost --explain`.
public struct CostExplanationDocument: Document {
  public static let schema: SchemaName = "haq.cost-explanation/1.0"

  public var network: NetworkStamp
  public var target: TargetStamp
  public var layer: String
  public var kind: Layer.Kind
  public var inputChannels: Int
  public var outputChannels: Int
  /// Height and width, such as `28x28`.
  public var output: String
  public var kernel: String
  /// Such as `W4A6`.
  public var precision: String
  /// Of the output as it is stored; absent where the target's costs do not depend on it.
  public var outputBits: BitWidth?
  /// The precision whose cost the target states for it; absent where that is `precision` itself.
  public var costedAs: String?
  /// Of the whole batch.
  public var cost: [Metric: Double]
  /// Two per multiply-accumulate, of the whole batch.
  public var operations: Double
  public var operationsPerSecond: Double
  /// Absent when the target does not state traffic.
  public var operationsPerByte: Double?
  /// Absent when the target does not say where its latency comes from.
  public var terms: [Term]?
  /// Absent when the target does not name what its costs are made of.
  public var components: [CostComponent]?
  public var savings: [Saving]

  /// A part of the latency.
  public struct Term: Hashable, Sendable, Codable {
    public var name: String
    /// What the part would take alone.
    public var latencySeconds: Double
    public var isBound: Bool

    private enum CodingKeys: String, CodingKey {
      case name
      case latencySeconds = "latency_s"
      case isBound = "is_bound"
    }
  }

  /// What the next narrower width of an operand changes in this layer; negative saves.
  public struct Saving: Hashable, Sendable, Codable {
    public var change: String
    public var precision: String
    /// The precision whose cost the target states for it; absent where that is `precision` itself.
    public var costedAs: String?
    /// Differences, SI units.
    public var cost: [Metric: Double]

    private enum CodingKeys: String, CodingKey {
      case change, precision, cost
      case costedAs = "costed_as"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case network, target, layer, kind, output, kernel, precision, cost, operations, terms, components
    case savings
    case inputChannels = "in_channels"
    case outputChannels = "out_channels"
    case outputBits = "output_bits"
    case costedAs = "costed_as"
    case operationsPerSecond = "operations_per_second"
    case operationsPerByte = "operations_per_byte"
  }

  /// - Parameter components: What the costs are made of; nil when the target does not say.
  ///
  /// Throws a `Diagnostic` when the target cannot run the layer as `policy` has it.
  public init(
    of layer: Int, under policy: Policy, in table: CostTable, components: [CostComponent]?
  ) throws {
    let (shape, precision) = (table.network.layers[layer], policy[layer])
    let output = table.outputWidth(ofLayer: layer, under: policy)
    guard let latency = table.cost(.latency, layer: layer, at: precision, output: output) else {
      throw Diagnostic(
        "target \"\(table.provenance.name)\" cannot run layer \"\(shape.name)\" at \(precision)")
    }
    network = NetworkStamp(table)
    target = TargetStamp(table)
    self.layer = shape.name
    (kind, inputChannels, outputChannels) = (shape.kind, shape.inputChannels, shape.outputChannels)
    (self.output, kernel) = ("\(shape.output)", "\(shape.kernel)")
    self.precision = "\(precision)"
    outputBits = output
    costedAs = table.costedAs(precision, layer: layer)
    let cost = table.costs(ofLayer: layer, at: precision, output: output)
    self.cost = cost
    let operations = table.network.operations(ofLayer: layer)
    self.operations = operations
    operationsPerSecond = latency > 0 ? operations / latency : 0
    operationsPerByte = cost[.trafficBytes].flatMap { $0 > 0 ? operations / $0 : nil }
    terms = table.breakdown(layer: layer, at: precision, output: output).map(Term.all)
    self.components = components
    savings = Saving.all(of: layer, at: precision, output: output, in: table)
  }
}

extension CostExplanationDocument.Term {
  fileprivate static func all(of breakdown: Breakdown) -> [Self] {
    [
      Self(name: "compute", latencySeconds: breakdown.computeSeconds, isBound: breakdown.bound == .compute),
      Self(
        name: "weight traffic", latencySeconds: breakdown.weightTrafficSeconds,
        isBound: breakdown.bound == .weightTraffic),
      Self(
        name: "activation traffic", latencySeconds: breakdown.activationTrafficSeconds,
        isBound: breakdown.bound == .activationTraffic),
    ]
  }
}

extension CostExplanationDocument.Saving {
  fileprivate static func all(
    of layer: Int, at precision: Precision, output: BitWidth?, in table: CostTable
  ) -> [Self] {
    let cost = table.costs(ofLayer: layer, at: precision, output: output)
    let changes: [(String, Precision)] = [
      table.weightWidths.narrower(than: precision.weight).map {
        ("narrower weights", Precision(weight: $0, activation: precision.activation))
      },
      table.activationWidths.narrower(than: precision.activation).map {
        ("narrower activations", Precision(weight: precision.weight, activation: $0))
      },
    ].compactMap { $0 }
    return changes.map { change, narrower in
      Self(
        change: change, precision: "\(narrower)", costedAs: table.costedAs(narrower, layer: layer),
        cost: table.costs(ofLayer: layer, at: narrower, output: output).reduce(into: [:]) {
          $0[$1.key] = $1.value - (cost[$1.key] ?? 0)
        })
    }
  }
}

extension [BitWidth] {
  /// The last that this width covers.
  fileprivate func narrower(than width: BitWidth) -> BitWidth? { last { $0 != width && width.covers($0) } }
}
