import ArgumentParser
import Core
import Diagnostics
import Documents
import Networks
import Specs
import Targets
import Terminal

/// `haq policy validate`: whether a policy fits a network and a target.
struct PolicyValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Checks whether a policy fits a network and, with --target, whether the target can run it.",
    discussion: """
      Layers that read the same tensor should have the same activation width. haq warns about a policy where they differ, \
      and refuses it where --tied-widths requires one width.

      Examples:
        haq policy validate edited.json fashion-mobilenet-v2 --target bismo-zynq7020
      """)

  @Argument(help: "Policy file (haq.policy/1).")
  var file: String

  @OptionGroup var network: NetworkArgument

  @OptionGroup(title: OptionTitle.networkAndTarget) var target: OptionalTargetOption

  @OptionGroup(title: OptionTitle.limits) var tiedWidths: TiedWidthsOption
  @OptionGroup var format: FormatOption

  func run() throws {
    let policyFile = try PolicyFile(file)
    let named = try network.read()
    let chosen = try target.resolve()
    let shapes = try named.layers(batch: network.batch, defaultBatch: chosen?.spec.batch ?? 1)
    let policy = try policyFile.document.policy(for: shapes, file: file)
    let warnings = try check(policy, of: policyFile.document, for: shapes, named.graph)
    var document = PolicyValidationDocument(
      file: file, for: shapes,
      memory: try named.graph.map { try NetworkMemory(of: policy, in: $0, batch: shapes.batch) },
      warnings: warnings.map(\.message))
    if let chosen {
      let table = try chosen.costTable(of: shapes)
      try demand(table, runs: policy, of: policyFile.document)
      let latency = try table.total(.latency, of: policy)
      document.add(target: TargetStamp(table), latencySeconds: latency)
    }
    try format.print(document, text: document.text)
  }

  /// Throws `Diagnostics` that name every layer which the target cannot run.
  private func demand(_ table: CostTable, runs policy: Policy, of document: PolicyDocument) throws {
    let problems = table.network.layers.indices.filter {
      table.cost(.latency, layer: $0, under: policy) == nil
    }.map { index in
      Diagnostic(
        "\(table.provenance.name) cannot run layer \"\(table.network.layers[index].name)\" at \(policy[index])",
        at: document.layers[index].place ?? .init(file: file))
    }
    guard problems.isEmpty else { throw Diagnostics(problems) }
  }

  /// Warns of tied layers with several activation widths; throws them where the user states the groups.
  private func check(_ policy: Policy, of document: PolicyDocument, for shapes: Network, _ graph: Graph?)
    throws -> [Diagnostic]
  {
    let problems = try tiedWidths.groups(graph, for: shapes).compactMap { group -> Diagnostic? in
      guard let first = group.layers.first,
        let other = group.layers.first(where: { policy[$0].activation != policy[first].activation })
      else { return nil }
      let widths = group.layers.map { "\"\(shapes.layers[$0].name)\" \(policy[$0].activation)" }
      return Diagnostic(
        "layers that share the width of their activations have several: \(widths.joined(separator: ", ")) bits "
          + "(\(group.reasons.joined(separator: "; ")))",
        at: document.layers[other].place ?? .init(file: file), hint: "Give all of them one activation width.")
    }
    guard problems.isEmpty || tiedWidths.file == nil else { throw Diagnostics(problems) }
    Messages.warn(problems)
    return problems
  }
}
