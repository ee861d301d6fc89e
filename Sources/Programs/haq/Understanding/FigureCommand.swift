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
    abstract: "Draws the bits of every layer of a policy above the layer's operations per byte on a target.",
    discussion: """
      Depthwise and pointwise layers have different colors. A multiply-accumulate counts as two operations. Bytes are \
      the traffic_bytes of the layer on the target, at the policy's bits. For a target without traffic_bytes, haq counts \
      weights, inputs and outputs once, outputs with the bits of the input, and says so in the picture.

      Examples:
        haq figure run/policy.json --target bismo-zynq7020 -o policy.svg
      """)

  @Argument(help: "Policy file (haq.policy/1).")
  var policy: String

  @OptionGroup var target: TargetOption

  @Option(
    help: ArgumentHelp(
      "Network of the policy: built-in, .onnx or .json. (default: the name in the policy)",
      valueName: "network"))
  var network: String?

  @Option(name: [.customShort("o"), .long], help: ArgumentHelp("SVG file to write.", valueName: "file.svg"))
  var output: String

  @OptionGroup var force: ForceOption
  @OptionGroup var format: FormatOption

  func run() throws {
    let target = try target.resolve()
    let (policy, table) = try PolicyFile(policy).resolve(on: target, network: network)
    let chart = try PolicyChart(of: policy, in: table)
    try OutputFile.write(Data(chart.file.utf8), to: output, readOnlyFiles: force.readOnlyFiles)
    try format.print(FigureDocument(chart, in: table, picture: output), text: "")
  }
}
