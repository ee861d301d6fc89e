import ArgumentParser
import Diagnostics
import Documents
import Foundation
import Rendering
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

  @OptionGroup var format: FormatOption

  func run() throws {
    let target = try target.resolve()
    let (policy, table) = try PolicyFile(policy).resolve(on: target, network: network)
    let chart = try PolicyChart(of: policy, in: table)
    try OutputFile.write(Data(chart.file.utf8), to: output)
    try format.print(FigureDocument(chart, in: table, picture: output), text: "")
  }
}
