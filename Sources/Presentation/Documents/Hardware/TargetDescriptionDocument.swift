public import Core
import Specs
public import Targets

/// One target in full: the result of `haq targets show`.
public struct TargetDescriptionDocument: Document {
  public static let schema: SchemaName = "haq.target-description/1.0"

  public var id, name, version, summary: String
  public var file: String
  public var foundIn: SearchPath.Origin
  public var specSHA256: String
  public var sources: [SourcePart]
  /// How far the costs are from evidence; absent when the spec does not say.
  public var evidence: Evidence?
  public var batch: Int
  public var layers: [Layer.Kind]
  public var weightBits: [BitWidth]
  public var activationBits: [BitWidth]
  /// Absent where the widths tell them.
  public var precisions: [LegalPairPart]?
  /// The pair that relative budgets are shares of; absent where it is 8 bit.
  public var reference: String?
  /// The pairs at which a search holds the first and the last layer, where they are not the reference.
  public var ends: EndsPart?
  /// By the metric's key, such as `latency`.
  public var metrics: [String: Metric.Aggregate]
  public var model: ModelPart
  /// What the target takes of its device, as its plugin estimates; empty when it does not say.
  public var resources: [ResourceUse]
  public var parameters: [ParameterPart]
  public var checks: [CheckPart]

  /// What the spec refers to.
  public struct SourcePart: Hashable, Sendable, Codable {
    public var title: String
    public var url: String?
    public var doi: String?
    public var usedFor: String?

    private enum CodingKeys: String, CodingKey {
      case title, url, doi
      case usedFor = "used_for"
    }
  }

  /// What answers questions about costs.
  public struct ModelPart: Hashable, Sendable, Codable {
    /// `plugin`, `function`, `table` or `program`.
    public var kind: String
    /// Of the library or table, or the first file that a program's command names; the first place that exists.
    public var file: String?
    /// Absent while the file is.
    public var sha256: String?
    public var isPinned: Bool
    /// Why the file cannot be used; absent when it can.
    public var problem: String?
    /// How it is called or read.
    public var details: [String: String]

    private enum CodingKeys: String, CodingKey {
      case kind, file, sha256, problem, details
      case isPinned = "is_pinned"
    }
  }

  /// A parameter of the spec.
  public struct ParameterPart: Hashable, Sendable, Codable {
    public var key: String
    public var value: ParameterValue
    public var unit: String?
    public var source: String?
  }

  /// The pairs of the first and the last layer; absent for one that has the reference.
  public struct EndsPart: Hashable, Sendable, Codable {
    public var first: String?
    public var last: String?
  }

  /// A reference point of the spec.
  public struct CheckPart: Hashable, Sendable, Codable {
    public var name: String
    public var layer: String
    public var bits: String
    public var expected: [Metric: Double]
    public var tolerance: Double
    public var source: String
  }

  /// What was found of the target's model and device, beyond what its spec says.
  public struct Findings: Hashable, Sendable {
    /// The library or table; the first place that exists.
    public var modelFile: String?
    public var modelSHA256: String?
    /// Digests of what the library needs besides the system's libraries, by file name.
    public var dependencies: [String: String] = [:]
    /// Why the model cannot be used.
    public var problem: String?
    public var resources: [ResourceUse] = []

    public init() {}
  }

  private enum CodingKeys: String, CodingKey {
    case id, name, version, summary, file, sources, evidence, batch, layers, precisions, reference, ends,
      metrics,
      model
    case resources
    case parameters, checks
    case foundIn = "found_in"
    case specSHA256 = "spec_sha256"
    case weightBits = "weight_bits"
    case activationBits = "activation_bits"
  }

  public init(_ target: Target, _ findings: Findings) {
    let spec = target.spec
    (id, name, version, summary) = (spec.id, spec.name, spec.version, spec.summary)
    (file, foundIn, specSHA256) = (target.file, target.origin, target.specSHA256)
    evidence = spec.evidence
    sources = spec.sources.map {
      SourcePart(title: $0.title, url: $0.url, doi: $0.doi, usedFor: $0.usedFor)
    }
    batch = spec.batch
    layers = spec.capabilities.layers
    (weightBits, activationBits) = (spec.capabilities.weightWidths, spec.capabilities.activationWidths)
    precisions = LegalPairPart.all(spec.capabilities)
    reference = spec.capabilities.reference.stated
    ends = spec.capabilities.widthRules.ends.map {
      EndsPart(first: $0.first?.description, last: $0.last?.description)
    }
    metrics = Dictionary(uniqueKeysWithValues: spec.capabilities.aggregates.map { ($0.key, $1) })
    model = ModelPart(spec.model, findings)
    resources = findings.resources
    parameters = spec.parameters.map { parameter in
      let note = spec.parameterNotes[parameter.key]
      return ParameterPart(
        key: parameter.key, value: ParameterValue(parameter.value), unit: note?.unit ?? parameter.unit,
        source: note?.source)
    }
    checks = spec.checks.map {
      CheckPart(
        name: $0.name,
        layer: "\($0.layer.kind.rawValue) \($0.layer.inputChannels) -> \($0.layer.outputChannels)",
        bits: Point(layer: 0, precision: $0.precision, output: $0.output).widths, expected: $0.expected,
        tolerance: $0.tolerance, source: $0.source)
    }
  }
}

extension TargetDescriptionDocument.ModelPart {
  fileprivate init(_ model: TargetSpec.Model, _ findings: TargetDescriptionDocument.Findings) {
    (file, sha256, problem) = (findings.modelFile, findings.modelSHA256, findings.problem)
    switch model {
    case .plugin(let plugin):
      kind = "plugin"
      isPinned = plugin.library.sha256 != nil
      details = ["abi": "\(plugin.abi.major).\(plugin.abi.minor)"]
    case .function(let functions):
      kind = "function"
      isPinned = functions.library.sha256 != nil
      details = Dictionary(uniqueKeysWithValues: functions.signatures.map { ($0.key, $1.declaration) })
    case .table(let table):
      kind = "table"
      isPinned = table.sha256 != nil
      details = ["missing points": table.isInterpolated ? "interpolated linearly" : "errors"]
      details["unit"] = table.unit?.rawValue
      details["network_sha256"] = table.networkSHA256
    case .predictor(let predictor):
      kind = "predictor"
      isPinned = predictor.sha256 != nil
      details = [:]
    case .program(let program):
      kind = "program"
      isPinned = false
      details = ["command": program.command.joined(separator: " "), "runs with": "your rights"]
    }
    for (name, sha256) in findings.dependencies { details["needs \(name)"] = "SHA-256 \(sha256)" }
    if let architecture = model.library?.architecture { details["arch"] = architecture.rawValue }
  }
}

extension FunctionSignature {
  /// As C would declare it, with what each argument receives, such as `f64 f(u32 layer.macs) x 1e-06`.
  fileprivate var declaration: String {
    let inside = arguments.map { argument in
      switch argument {
      case .layer(let type, let field): "\(type.rawValue) layer.\(field.rawValue)"
      case .point(let type, let field): "\(type.rawValue) point.\(field.rawValue)"
      case .parameter(let type, let key): "\(type.rawValue) parameters.\(key)"
      case .constant(let type, let number): "\(type.rawValue) \(number)"
      case .out: "out.f64"
      }
    }.joined(separator: ", ")
    let returned =
      switch result {
      case .returned(let type): type.rawValue
      case .written(let status): status?.rawValue ?? "void"
      }
    return "\(returned) \(symbol)(\(inside))" + (scale == 1 ? "" : " x \(scale)")
  }
}
