public import Core
import Diagnostics
import Specs
public import Targets

/// The hardware targets that were found: the result of `haq targets list`.
public struct TargetsDocument: Document {
  public static let schema: SchemaName = "haq.targets/1.0"

  public var targets: [Entry]
  public var shadowed: [Shadowed]
  public var unusable: [Unusable]

  /// One target, as its spec describes it.
  public struct Entry: Hashable, Sendable, Codable {
    public var id, name, version, summary: String
    public var batch: Int
    public var layers: [Layer.Kind]
    public var weightBits: [BitWidth]
    public var activationBits: [BitWidth]
    /// Absent where the widths tell them.
    public var precisions: [LegalPairPart]?
    /// The pair that relative budgets are shares of; absent where it is 8 bit.
    public var reference: String?
    /// By the metric's key, such as `latency`.
    public var metrics: [String: Metric.Aggregate]
    /// Absent when the spec does not say.
    public var evidence: Evidence?
    public var file: String
    public var foundIn: SearchPath.Origin
    public var specSHA256: String

    private enum CodingKeys: String, CodingKey {
      case id, name, version, summary, batch, layers, precisions, reference, metrics, evidence, file
      case weightBits = "weight_bits"
      case activationBits = "activation_bits"
      case foundIn = "found_in"
      case specSHA256 = "spec_sha256"
    }
  }

  /// A spec that is not used, because `by` has the same id and came first.
  public struct Shadowed: Hashable, Sendable, Codable {
    public var file: String
    public var by: String
  }

  /// A spec that cannot be read.
  public struct Unusable: Hashable, Sendable, Codable {
    public var file: String
    public var problems: [String]
  }

  public init(_ catalog: TargetCatalog) {
    targets = catalog.targets.map { target in
      let spec = target.spec
      return Entry(
        id: spec.id, name: spec.name, version: spec.version, summary: spec.summary, batch: spec.batch,
        layers: spec.capabilities.layers, weightBits: spec.capabilities.weightWidths,
        activationBits: spec.capabilities.activationWidths,
        precisions: LegalPairPart.all(spec.capabilities), reference: spec.capabilities.reference.stated,
        metrics: Dictionary(uniqueKeysWithValues: spec.capabilities.aggregates.map { ($0.key, $1) }),
        evidence: spec.evidence, file: target.file, foundIn: target.origin, specSHA256: target.specSHA256)
    }
    shadowed = catalog.shadowed.map { Shadowed(file: $0.file, by: $0.by) }
    unusable = catalog.unusable.map {
      Unusable(file: $0.file, problems: $0.diagnostics.all.map(\.description))
    }
  }
}
