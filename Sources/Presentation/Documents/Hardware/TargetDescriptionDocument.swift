import Core
import Foundation
import Rendering
import Specs
import Targets

/// One target in full: the output of `haq targets show` in both formats.
struct TargetReport: Encodable {
  var id, name, version, summary: String
  var file: String
  var found_in: SearchPath.Origin
  var spec_sha256: String
  var sources: [SourcePart]
  /// How far the costs are from evidence; absent when the spec does not say.
  var evidence: Evidence?
  var batch: Int
  var layers: [Layer.Kind]
  var weight_bits: [BitWidth]
  var activation_bits: [BitWidth]
  var metrics: [String: Metric.Aggregate]
  var model: ModelPart
  /// What the target takes of its device, as its plugin estimates; empty when it does not say.
  var resources: [ResourceUse] = []
  var parameters: [ParameterPart]
  var checks: [CheckPart]

  struct SourcePart: Encodable {
    var title: String
    var url: String?
    var doi: String?
    var used_for: String?
  }

  struct ModelPart: Encodable {
    var kind: String
    /// Of the library or table; the first place that exists.
    var file: String?
    /// Absent while the file is.
    var sha256: String?
    var is_pinned: Bool
    /// Why the file cannot be used; absent when it can.
    var problem: String?
    /// How it is called or read.
    var details: [String: String]
  }

  struct ParameterPart: Encodable {
    var key: String
    var value: Parameter.Value
    var unit: String?
    var source: String?
  }

  struct CheckPart: Encodable {
    var name: String
    var layer: String
    var bits: String
    var expected: [Metric: Double]
    var tolerance: Double
    var source: String
  }

  init(_ target: Target) {
    let spec = target.spec
    (id, name, version, summary) = (spec.id, spec.name, spec.version, spec.summary)
    (file, found_in, spec_sha256) = (target.file, target.origin, target.specSHA256)
    evidence = spec.evidence
    sources = spec.sources.map {
      SourcePart(title: $0.title, url: $0.url, doi: $0.doi, used_for: $0.usedFor)
    }
    batch = spec.batch
    layers = spec.capabilities.layers
    (weight_bits, activation_bits) = (spec.capabilities.weightWidths, spec.capabilities.activationWidths)
    metrics = Dictionary(uniqueKeysWithValues: spec.capabilities.aggregates.map { ($0.key, $1) })
    model = ModelPart(target)
    parameters = spec.parameters.map { parameter in
      let note = spec.parameterNotes[parameter.key]
      return ParameterPart(
        key: parameter.key, value: parameter.value, unit: note?.unit ?? parameter.unit, source: note?.source)
    }
    checks = spec.checks.map {
      CheckPart(
        name: $0.name,
        layer: "\($0.layer.kind.rawValue) \($0.layer.inputChannels) -> \($0.layer.outputChannels)",
        bits: "\($0.precision)", expected: $0.expected, tolerance: $0.tolerance, source: $0.source)
    }
    guard case .plugin = spec.model, model.problem == nil else { return }
    do {
      resources = try target.resources()
    } catch {
      model.problem = "\(error)"
    }
  }
}

extension TargetReport.ModelPart {
  fileprivate init(_ target: Target) {
    let files = FileManager.default
    file = target.modelFileCandidates.first { files.fileExists(atPath: $0) }
    do {
      sha256 = try target.modelFileSHA256()
    } catch {
      problem = "\(error)"
    }
    switch target.spec.model {
    case .plugin(let plugin):
      kind = "plugin"
      is_pinned = plugin.library.sha256 != nil
      details = ["abi": "\(plugin.abi)"]
    case .function(let functions):
      kind = "function"
      is_pinned = functions.library.sha256 != nil
      details = Dictionary(uniqueKeysWithValues: functions.signatures.map { ($0.key, $1.declaration) })
    case .table(let table):
      kind = "table"
      is_pinned = table.sha256 != nil
      details = ["missing points": table.isInterpolated ? "interpolated linearly" : "errors"]
      details["unit"] = table.unit?.rawValue
      details["network_sha256"] = table.networkSHA256
    }
    if let architecture = target.spec.model.library?.architecture { details["arch"] = architecture.rawValue }
  }
}

extension FunctionSignature {
  /// As C would declare it, with what each argument is told, such as `f64 f(u32 layer.macs) x 1e-06`.
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
