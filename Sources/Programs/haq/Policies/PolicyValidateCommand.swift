import ArgumentParser
import Core
import Diagnostics
import Documents
import Networks
import Rendering
import Specs
import Targets

/// `haq policy validate`: whether a policy fits a network and a target.
struct PolicyValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Checks a policy file against a network and, with --target, against what hardware can run.",
    discussion: """
      Layers that read one tensor should have one activation width: other policies are warned of, and refused where \
      --tied-widths demands it.

      Example:
        haq policy validate edited.json fashion-mobilenet-v2 --target bismo-zynq7020
      """)

  @Argument(help: "The policy file.")
  var file: String

  @OptionGroup var network: NetworkArgument

  @OptionGroup var target: OptionalTargetOption

  @OptionGroup var tiedWidths: TiedWidthsOption

  func run() throws {
    let document = try PolicyFile(file).document
    let named = try network.read()
    guard let chosen = try target.resolve() else {
      let shapes = try named.layers(batch: network.batch, defaultBatch: 1)
      let policy = try document.policy(for: shapes, file: file)
      try check(policy, of: document, for: shapes, named.graph)
      print(
        "\(file) fits \(shapes.name), \(shapes.layers.count) layers\(try memory(policy, shapes, named.graph))"
      )
      return
    }
    let shapes = try named.layers(batch: network.batch, defaultBatch: chosen.spec.batch)
    let policy = try document.policy(for: shapes, file: file)
    try check(policy, of: document, for: shapes, named.graph)
    let table = try chosen.costTable(of: shapes)
    let problems = shapes.layers.indices.filter {
      table.cost(.latency, layer: $0, at: policy[$0]) == nil
    }.map { index in
      Diagnostic(
        "\(chosen.spec.id) cannot run layer \"\(shapes.layers[index].name)\" at \(policy[index])",
        at: document.layers[index].place ?? .init(file: file))
    }
    guard problems.isEmpty else { throw Diagnostics(problems) }
    let latency = table.total(.latency, of: policy).map { ", \(Quantity.seconds($0))" } ?? ""
    try table.demandNetworkCosts()
    print(
      "\(file) fits \(shapes.name) and \(chosen.spec.id)\(latency)\(try memory(policy, shapes, named.graph))\n"
        + TargetStamp(table).caution,
      terminator: "")
  }

  /// Tells of tied layers of several activation widths; throws them where the user states the groups.
  private func check(_ policy: Policy, of document: PolicyDocument, for shapes: Network, _ graph: Graph?)
    throws
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
    if tiedWidths.file == nil { return Failure.warn(problems) }
    guard problems.isEmpty else { throw Diagnostics(problems) }
  }

  private func memory(_ policy: Policy, _ shapes: Network, _ graph: Graph?) throws -> String {
    guard let graph else { return "" }
    return "; \(try NetworkMemory(of: policy, in: graph, batch: shapes.batch).text)"
  }
}
