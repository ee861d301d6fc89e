import ArgumentParser
import Core
import CostPrograms
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
    abstract: "Shows what a network costs on a target, layer by layer.",
    discussion: """
      Without --bits or --policy, every layer has the target's reference: 8-bit weights and activations, unless its spec
      states another.

      --chart draws the roofline: the operations per byte and the throughput of every layer at W8A8 and at --bits \
      (W4A4 by default).

      Examples:
        haq cost mobilenet-v2 --target bismo-vu9p
        haq cost mobilenet-v1 --target bismo-zynq7020 --bits W4A6
        haq cost my-layers.json --target bismo-vu9p --policy policy.json --format json
        haq cost mobilenet-v2 --target bismo-vu9p --bits W4A6 --explain block2.expand
        haq cost mobilenet-v1 --target bismo-zynq7020 --bits W4A4 --chart edge.svg
      """)

  @OptionGroup var network: NetworkArgument
  @OptionGroup(title: OptionTitle.networkAndTarget) var size: InputSizeOption
  @OptionGroup(title: OptionTitle.networkAndTarget) var target: TargetOption

  @OptionGroup(title: OptionTitle.networkAndTarget) var policy: PolicyOption

  @OptionGroup(title: OptionTitle.output) var explanation: ExplainOption

  /// `--explain`.
  struct ExplainOption: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Explain one layer: the terms of its cost, which term is the bottleneck, and what one bit less saves.",
        valueName: "layer"))
    var explain: String?
  }

  @OptionGroup(title: OptionTitle.output) var chart: ChartOption

  @OptionGroup(title: OptionTitle.output) var force: ForceOption
  @OptionGroup(title: OptionTitle.output) var format: FormatOption

  func validate() throws {
    if chart.chart != nil, policy.policy != nil {
      throw ValidationError("--chart draws uniform policies only; give --bits instead of --policy.")
    }
  }

  func run() throws {
    try chart.check(force)
    let target = try target.resolve()
    let named = try network.read(inputSize: size.inputSize)
    let network = try named.layers(batch: network.batch, defaultBatch: target.spec.batch)
    let policy =
      try self.policy.resolve(for: network)
      ?? .uniform(target.spec.capabilities.reference, layerCount: network.layers.count)
    let program = try target.isProgram ? target.programModel() : nil
    let table =
      try program.map { try target.costTable(of: network, answeredBy: $0) } ?? target.costTable(of: network)
    try chart.write(try roofline(in: table), force)
    if let explain = explanation.explain {
      let layer = try network.position(ofLayer: explain)
      let point = Point(
        layer: layer, precision: table.costedAs(policy[layer], layer: layer) ?? policy[layer],
        output: table.outputWidth(ofLayer: layer, under: policy))
      let components = try target.components(of: [point], in: network)
      let explanation = try CostExplanationDocument(
        of: layer, under: policy, in: table,
        components: components.flatMap { CostComponent.all(of: $0, point: 0) })
      return try format.print(explanation, text: explanation.text)
    }
    var document = try CostDocument(
      of: policy, in: table, totals: try table.totals(of: policy),
      memory: try named.graph.map { try NetworkMemory(of: policy, in: $0, batch: network.batch) })
    if let program {
      let points = network.layers.indices.map { layer in
        Point(layer: layer, precision: table.costedAs(policy[layer], layer: layer) ?? policy[layer])
      }
      document.add(program.recorded(points, in: network))
    }
    try format.print(document, text: document.text)
  }

  /// The uniform reference, and the precision of --bits; without that W4A4, where formats are numbers of bits.
  private func roofline(in table: CostTable) throws -> String {
    let reference = table.widthRules.reference ?? .eight
    let four = reference == .eight ? BitWidth(4).map { Precision(weight: $0, activation: $0) } : nil
    let narrow = policy.bits == reference ? nil : policy.bits ?? four
    let policies = [reference, narrow].compactMap(\.self).map {
      ("\($0)", Policy.uniform($0, layerCount: table.network.layers.count))
    }
    return try Roofline.chart(of: policies, in: table).file
  }
}
