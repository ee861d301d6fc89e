import ArgumentParser
import Core
import Diagnostics
import Rendering
import Specs
import Targets

/// `haq targets`: what can be given to `--target`; loads no library.
struct TargetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "targets",
    abstract: "Lists the hardware targets, and says where they were found and what they are.",
    discussion: """
      Reads spec files only; no library is loaded. docs/spec.md section 8 says where specs are looked for.

      Examples:
        haq targets
        haq targets show bismo-vu9p
        haq targets explain
        HAQ_ADD_TARGETS=my-specs haq targets --format json
      """,
    subcommands: [TargetsListCommand.self, TargetsShowCommand.self, TargetsExplainCommand.self],
    defaultSubcommand: TargetsListCommand.self)
}

/// `haq targets list`, or `haq targets` alone.
struct TargetsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the hardware targets; what haq targets does alone.",
    discussion: """
      Example:
        haq targets list --format json
      """)

  @OptionGroup var format: FormatOption

  func run() throws {
    let catalog = try RunningProgram.catalog()
    try format.print(TargetsReport(catalog), text: Self.table(of: catalog))
    for target in catalog.targets { Failure.warn(target.warnings) }
    for spec in catalog.unusable { Failure.report(spec.diagnostics) }
    if !catalog.unusable.isEmpty { throw ExitCode.failure }
  }

  private static func table(of catalog: TargetCatalog) -> String {
    guard !catalog.targets.isEmpty else { return "No targets found.\n" }
    var table = TextTable([
      .init("id"), .init("batch", .right), .init("weights"), .init("activations"), .init("metrics"),
      .init("evidence"), .init("name"),
    ])
    for target in catalog.targets {
      let spec = target.spec
      table.add([
        spec.id, "\(spec.batch)", spec.capabilities.weightWidths.rangeText,
        spec.capabilities.activationWidths.rangeText, metrics(of: spec).joined(separator: ", "),
        spec.evidence?.status.rawValue ?? "not stated", spec.name,
      ])
    }
    let hidden = catalog.shadowed.map { "\n\($0.file) is not used: \($0.by) has the same id." }.joined()
    return table.text + (hidden.isEmpty ? "" : hidden + "\n")
  }

  private static func metrics(of spec: TargetSpec) -> [String] {
    Metric.allCases.filter { spec.capabilities.aggregates.keys.contains($0) }.map(\.key)
  }
}

/// `haq targets --format json`.
private struct TargetsReport: Encodable {
  struct Entry: Encodable {
    var id, name, version, summary: String
    var batch: Int
    var layers: [String]
    var weight_bits: [BitWidth]
    var activation_bits: [BitWidth]
    var metrics: [String: Metric.Aggregate]
    /// Absent when the spec does not say.
    var evidence: Evidence?
    var file: String
    var found_in: SearchPath.Origin
    var spec_sha256: String
  }

  struct Shadowed: Encodable {
    var file: String
    var by: String
  }

  struct Unusable: Encodable {
    var file: String
    var problems: [String]
  }

  var targets: [Entry]
  var shadowed: [Shadowed]
  var unusable: [Unusable]

  init(_ catalog: TargetCatalog) {
    targets = catalog.targets.map { target in
      let spec = target.spec
      return Entry(
        id: spec.id, name: spec.name, version: spec.version, summary: spec.summary, batch: spec.batch,
        layers: spec.capabilities.layers.map(\.rawValue), weight_bits: spec.capabilities.weightWidths,
        activation_bits: spec.capabilities.activationWidths,
        metrics: Dictionary(uniqueKeysWithValues: spec.capabilities.aggregates.map { ($0.key, $1) }),
        evidence: spec.evidence, file: target.file, found_in: target.origin,
        spec_sha256: target.specSHA256)
    }
    shadowed = catalog.shadowed.map { Shadowed(file: $0.file, by: $0.by) }
    unusable = catalog.unusable.map {
      Unusable(file: $0.file, problems: $0.diagnostics.all.map(\.description))
    }
  }
}
