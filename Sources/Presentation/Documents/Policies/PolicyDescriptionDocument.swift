public import Core
public import Specs

/// A policy file for people: the result of `haq policy show`, `apply` and `uniform`.
public struct PolicyDescriptionDocument: Document {
  public static let schema: SchemaName = "haq.policy-description/1.0"

  /// The policy file.
  public var file: String
  public var network: String
  public var target: String?
  public var layers: [LayerBits]
  /// Costs of the network when the file was written.
  public var cost: [Metric: Double]
  /// How accurate the network was when the file was written, a share in 0...1.
  public var top1: Double?
  /// The samples that `top1` is of, such as `validation`.
  public var split: String?
  /// The options of the evaluator when the policy was found; absent when the file does not say.
  public var quantization: String?
  /// Of one inference; absent when the network is not known.
  public var memory: NetworkMemory?

  /// One layer's widths.
  public struct LayerBits: Hashable, Sendable, Codable {
    public var name: String
    public var weightBits: BitWidth
    public var activationBits: BitWidth

    private enum CodingKeys: String, CodingKey {
      case name
      case weightBits = "weight_bits"
      case activationBits = "activation_bits"
    }
  }

  /// - Parameter memory: Nil when the network is not known.
  public init(_ policy: PolicyDocument, file: String, memory: NetworkMemory?) {
    self.file = file
    network = policy.network.name
    target = policy.target?.id
    layers = policy.layers.map {
      LayerBits(name: $0.name, weightBits: $0.precision.weight, activationBits: $0.precision.activation)
    }
    cost = policy.cost
    top1 = policy.accuracy?.top1
    split = policy.accuracy?.split
    quantization = policy.quantizers?.options
    self.memory = memory
  }
}
