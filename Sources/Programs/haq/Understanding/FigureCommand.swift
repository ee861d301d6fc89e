import ArgumentParser
import Core
import Diagnostics
import Documents
import Foundation
import Rendering
import Specs
import Targets

/// `haq figure`: the picture of a policy.
struct FigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figure",
    abstract: "Draws a policy: bits of every layer, above the layer's operations per byte on a target.",
    discussion: """
      Depthwise and pointwise layers have different colors. Operations are two for each multiply-accumulate; bytes are \
      those that the target moves for the layer at the policy's bits (traffic_bytes). For a target that does not state \
      them, the bytes are weights, inputs and outputs moved once, outputs at the input's bits, and the picture says so.

      Example:
        haq figure run/policy.json --target bismo-zynq7020 -o policy.svg
      """)

  @Argument(help: "A policy file (haq.policy/1).")
  var policy: String

  @OptionGroup var target: TargetOption

  @Option(help: "The policy's network: built-in, .onnx or .json. (default: the name in the policy)")
  var network: String?

  @Option(name: [.customShort("o"), .long], help: ArgumentHelp("The .svg file to write.", valueName: "file"))
  var output: String

  func run() throws {
    let target = try target.resolve()
    let (policy, table) = try PolicyFile(policy).resolve(on: target, network: network)
    try OutputFile.write(Data(try Self.chart(of: policy, in: table).file.utf8), to: output)
  }

  /// Throws a `Diagnostic` when the target cannot run a layer at its precision.
  static func chart(of policy: Policy, in table: CostTable) throws -> PolicyChart {
    let isStated = table.aggregates.keys.contains(.trafficBytes)
    let entries = try table.network.layers.enumerated().map { index, layer in
      let precision = policy[index]
      guard table.supports(layer: index, at: precision) else {
        throw Diagnostic(
          "target \"\(table.provenance.name)\" cannot run layer \"\(layer.name)\" at \(precision)")
      }
      let bytes =
        isStated
        ? table.cost(.trafficBytes, layer: index, at: precision)!
        : layer.bytesMovedOnce(at: precision, batch: table.network.batch)
      let operations = table.network.operations(ofLayer: index)
      return PolicyChart.Entry(
        name: layer.name, group: .init(layer), precision: precision,
        intensity: bytes > 0 ? operations / bytes : 0)
    }
    return PolicyChart(
      title: "\(table.network.name) on \(TargetStamp(table).title)", entries: entries,
      intensityTitle: isStated ? "operations per byte" : "operations per byte, each moved once")
  }
}

extension Layer {
  /// Weights, inputs and outputs, each once; outputs at the width of the inputs.
  fileprivate func bytesMovedOnce(at precision: Precision, batch: Int) -> Double {
    let activations = Double(batch * (inputCount + outputCount) * precision.activation.bits)
    return (Double(weightCount * precision.weight.bits) + activations) / 8
  }
}
