import ArgumentParser
import Core
import Diagnostics
import Documents
import EvaluatorArguments
import Foundation
import Rendering
import Specs
import Targets

/// `haq cost`: what one policy costs, layer by layer.
struct CostCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cost",
    abstract: "Says what a network costs on a target, layer by layer.",
    discussion: """
      Without --bits or --policy, every layer has 8-bit weights and activations.

      Examples:
        haq cost mobilenet-v2 --target bismo-vu9p
        haq cost mobilenet-v1 --target bismo-zynq7020 --bits W4A6
        haq cost my-layers.json --target bismo-vu9p --policy policy.json --format json
        haq cost mobilenet-v2 --target bismo-vu9p --bits W4A6 --explain block2.expand
        haq cost mobilenet-v1 --target bismo-zynq7020 --bits W4A4 --roofline edge.svg
      """)

  @OptionGroup var network: NetworkArgument
  @OptionGroup var size: InputSizeOption
  @OptionGroup var target: TargetOption

  @Option(
    help: ArgumentHelp("The same bits for every layer, such as W4A6.", valueName: "WnAm"),
    transform: precision)
  var bits: Precision?

  @Option(help: "A policy file (haq.policy/1).")
  var policy: String?

  @Option(
    help: ArgumentHelp(
      "Explain one layer: the terms of its cost, which one bounds it, and what a bit less saves.",
      valueName: "layer"))
  var explain: String?

  @Option(
    help: ArgumentHelp(
      "Also draw every layer's operations per byte and attained throughput, at W8A8 and at --bits (else W4A4).",
      valueName: "file.svg"))
  var roofline: String?

  @OptionGroup var format: FormatOption

  func validate() throws {
    if roofline != nil, policy != nil {
      throw ValidationError("--roofline draws uniform precisions; give --bits instead of --policy.")
    }
    if bits != nil, policy != nil { throw ValidationError("Give --bits or --policy, not both.") }
  }

  func run() throws {
    if let roofline { try OutputFile.check(roofline) }
    let target = try target.resolve()
    let named = try network.read(inputSize: size.inputSize)
    let network = try named.layers(batch: network.batch, defaultBatch: target.spec.batch)
    let policy = try policy(for: network)
    let table = try target.costTable(of: network)
    if let roofline {
      let four = BitWidth(4).map { Precision(weight: $0, activation: $0) }
      let narrow = bits == .eight ? nil : bits ?? four
      let layerCount = table.network.layers.count
      let policies = [.eight, narrow].compactMap(\.self).map {
        ("\($0)", Policy.uniform($0, layerCount: layerCount))
      }
      let chart = try Roofline.chart(of: policies, in: table)
      try OutputFile.write(Data(chart.file.utf8), to: roofline)
    }
    if let explain {
      let layer = try network.position(ofLayer: explain)
      let point = Point(layer: layer, precision: table.charged(policy[layer]) ?? policy[layer])
      let components = try target.components(of: [point], in: network)
      let explanation = try CostExplanationDocument(
        of: layer, at: policy[layer], in: table,
        components: components.flatMap { CostComponent.all(of: $0, point: 0) })
      return try format.print(explanation, text: explanation.text)
    }
    let document = try CostDocument(
      of: policy, in: table, totals: try totals(of: policy, in: table),
      memory: try named.graph.map { try NetworkMemory(of: policy, in: $0, batch: network.batch) })
    try format.print(document, text: document.text)
  }

  /// Asks the target where only it can say what the network costs.
  private func totals(of policy: Policy, in table: CostTable) throws -> [Metric: Double] {
    let totals = table.aggregates.keys.reduce(into: [Metric: Double]()) {
      $0[$1] = table.total($1, of: policy)
    }
    try table.demandNetworkCosts()
    return totals
  }

  private static func precision(_ text: String) throws -> Precision {
    guard let precision = Precision(text) else {
      throw ValidationError(
        "\"\(text)\" is not a precision; write 4-bit weights and 6-bit activations as W4A6.")
    }
    return precision
  }

  private func policy(for network: Network) throws -> Policy {
    guard let file = policy else {
      return .uniform(bits ?? .eight, layerCount: network.layers.count)
    }
    let read = try PolicyDocument.read(try InputFile.read(file), file: file)
    Failure.warn(read.warnings)
    return try read.document.policy(for: network, file: file)
  }
}
