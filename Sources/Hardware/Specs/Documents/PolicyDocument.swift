public import Core
public import Diagnostics

/// Bits by layer name, with what they were chosen for; the format is `docs/policy.md`.
public struct PolicyDocument: Sendable {
  public var network: NetworkReference
  /// Absent when the policy belongs to no target.
  public var target: TargetReference?
  public var layers: [Entry]
  /// Costs of the whole network at the time of writing, SI units.
  public var cost: [Metric: Double]
  /// Measured at the time of writing, if it was.
  public var accuracy: Accuracy?
  /// How values were quantized when the policy was found; nil when the file does not say.
  public var quantizers: Quantizers?

  /// How the quantizers of weights and activations were chosen.
  public struct Quantizers: Hashable, Sendable {
    public var weightScales: WeightGranularity
    /// Of activations.
    public var clipping: ClippingRule
    public var weightClipping: ClippingRule
    /// What was done to the network beside rounding it.
    public var recipe: PostTrainingRecipe
    /// Of activations of both signs.
    public var activationRange: ActivationRange

    public init(
      weightScales: WeightGranularity, clipping: ClippingRule, weightClipping: ClippingRule,
      recipe: PostTrainingRecipe = .none, activationRange: ActivationRange = .symmetric
    ) {
      self.weightScales = weightScales
      self.clipping = clipping
      self.weightClipping = weightClipping
      self.recipe = recipe
      self.activationRange = activationRange
    }
  }

  /// Which network the policy is for.
  public struct NetworkReference: Hashable, Sendable {
    public var name: String
    /// `Network.shapeSHA256`; a hand-written policy may lack it.
    public var sha256: String?

    public init(name: String, sha256: String?) {
      self.name = name
      self.sha256 = sha256
    }
  }

  /// Which target the cost is for.
  public struct TargetReference: Hashable, Sendable {
    public var id: String
    public var specSHA256: String?

    public init(id: String, specSHA256: String?) {
      self.id = id
      self.specSHA256 = specSHA256
    }
  }

  /// One layer's bits.
  public struct Entry: Sendable {
    public var name: String
    public var precision: Precision
    /// The place of the entry, when it was read from a file.
    public var place: Diagnostic.Place?

    public init(name: String, precision: Precision) {
      self.name = name
      self.precision = precision
    }
  }

  /// How accurate the network was under the policy.
  public struct Accuracy: Hashable, Sendable {
    /// A share in 0...1.
    public var top1: Double
    /// Mean cross-entropy in nats.
    public var loss: Double?
    public var samples: Int?
    /// Which samples, such as `validation` or `test`.
    public var split: String?

    public init(top1: Double, loss: Double? = nil, samples: Int? = nil, split: String? = nil) {
      self.top1 = top1
      self.loss = loss
      self.samples = samples
      self.split = split
    }
  }

  /// The document for `policy`, which has one precision per layer of `network`.
  public init(
    _ policy: Policy, for network: Network, target: TargetReference?, cost: [Metric: Double] = [:],
    accuracy: Accuracy? = nil, quantizers: Quantizers? = nil
  ) {
    precondition(policy.precisions.count == network.layers.count)
    self.network = NetworkReference(name: network.name, sha256: network.shapeSHA256)
    self.target = target
    layers = zip(network.layers, policy.precisions).map { Entry(name: $0.name, precision: $1) }
    self.cost = cost
    self.accuracy = accuracy
    self.quantizers = quantizers
  }

  init(
    network: NetworkReference, target: TargetReference?, layers: [Entry], cost: [Metric: Double],
    accuracy: Accuracy?, quantizers: Quantizers?
  ) {
    self.network = network
    self.target = target
    self.layers = layers
    self.cost = cost
    self.accuracy = accuracy
    self.quantizers = quantizers
  }
}
