public import Core
import DataRequests
public import Networks
import Specs

/// What a network computes: the result of `haq network show`.
public struct NetworkDescriptionDocument: Document {
  public static let schema: SchemaName = "haq.network-description/1.0"

  public var name: String
  public var input: String
  /// nchw, nhwc or nhw: how the input would hold images; absent where it could not.
  public var inputLayout: String?
  public var outputs: [String: String]
  /// softmax or sigmoid, when the network ends in it: accuracy is then measured on the scores before it.
  public var finalActivation: FinalActivation?
  public var operations: [OperationPart]
  /// A document for --tied-widths.
  public var tiedWidths: TiedWidthsPart
  /// At 8-bit weights and activations everywhere, for one sample.
  public var uniform8Bit: NetworkMemory
  /// Layers that use one tensor of weights.
  public var sharedWeights: [[String]]
  public var parameters: Int
  /// Of one sample.
  public var macs: Int
  public var quantizableMACs: Int
  public var programVersion: String

  /// One step of the network.
  public struct OperationPart: Hashable, Sendable, Codable {
    public var name: String
    public var operation: String
    public var inputs: [String]
    public var output: String
    public var parameters: Int
    public var macs: Int
    public var quantizable: Bool
    /// Absent where no cost model sees the operation.
    public var kind: Layer.Kind?
    /// Why a step that multiplies has no cost.
    public var noCost: String?
    /// The widths that the file's own quantizers give.
    public var givenWeightBits: BitWidth?
    public var givenActivationBits: BitWidth?

    private enum CodingKeys: String, CodingKey {
      case name, operation, inputs, output, parameters, macs, quantizable, kind
      case noCost = "no_cost"
      case givenWeightBits = "given_weight_bits"
      case givenActivationBits = "given_activation_bits"
    }
  }

  /// Layers whose activations must have one width, as `--tied-widths` reads them.
  public struct TiedWidthsPart: Hashable, Sendable, Codable {
    public var schema: String
    public var groups: [Group]

    /// Layers that share the width of their activations, and why.
    public struct Group: Hashable, Sendable, Codable {
      public var layers: [String]
      public var reasons: [String]
    }
  }

  /// The kinds of layers that one target has costs for.
  public struct Supported: Hashable, Sendable {
    public var target: String
    public var kinds: [Layer.Kind]

    public init(target: String, kinds: [Layer.Kind]) {
      self.target = target
      self.kinds = kinds
    }

    fileprivate func reason(against layer: Layer) -> String? {
      guard !layer.isCosted(by: kinds) else { return nil }
      return
        "\(target) has no \(layer.kind.rawValue) layers; it has \(kinds.map(\.rawValue).joined(separator: ", "))"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case name, input, outputs, operations, parameters, macs
    case inputLayout = "input_layout"
    case finalActivation = "final_activation"
    case tiedWidths = "tied_widths"
    case uniform8Bit = "uniform_8_bit"
    case sharedWeights = "shared_weights"
    case quantizableMACs = "quantizable_macs"
    case programVersion = "program_version"
  }

  /// - Parameter target: Marks layers that this target has no cost for.
  public init(of graph: Graph, on target: Supported?) throws {
    let outline = try graph.outline()
    let shapes = try graph.shapes()
    name = graph.name
    input = "\(graph.inputShape)"
    inputLayout = graph.imageInput?.layout.rawValue
    outputs = Dictionary(graph.outputs.map { ($0, "\(shapes[$0]!)") }) { first, _ in first }
    finalActivation = try graph.classScores()?.finalActivation
    operations = outline.steps.map { step in
      var row = OperationPart(
        name: step.name, operation: step.operation, inputs: step.inputs.map(\.description),
        output: "\(step.output)", parameters: step.parameters, macs: step.multiplyAccumulates,
        quantizable: false)
      switch step.role {
      case .layer(let layer):
        row.quantizable = true
        row.kind = layer.kind
        row.noCost = target?.reason(against: layer)
        row.givenWeightBits = graph.givenWidths[step.name]?.weight
        row.givenActivationBits = graph.givenWidths[step.name]?.activation
      case .uncosted(let reason): row.noCost = reason
      case .other: break
      }
      return row
    }
    tiedWidths = TiedWidthsPart(
      schema: TiedWidthsDocument.schema,
      groups: graph.tiedWidthGroups().map { .init(layers: $0.layers, reasons: $0.reasons) })
    uniform8Bit = try NetworkMemory(
      of: .uniform(.eight, layerCount: try graph.network(batch: 1).layers.count), in: graph, batch: 1)
    sharedWeights = graph.sharedWeights
    parameters = operations.reduce(0) { $0 + $1.parameters }
    macs = operations.reduce(0) { $0 + $1.macs }
    quantizableMACs = operations.reduce(0) { $0 + ($1.quantizable ? $1.macs : 0) }
    programVersion = ProgramVersion.current
  }
}
