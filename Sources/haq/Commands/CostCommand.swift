import ArgumentParser
import Diagnostics
import HardwareModel
import Reports
import SpecLanguage
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
      """)

  @OptionGroup var network: NetworkArgument
  @OptionGroup var target: TargetOption

  @Option(
    help: ArgumentHelp("The same bits for every layer, such as W4A6.", valueName: "WnAm"),
    transform: precision)
  var bits: Precision?

  @Option(help: "A policy file (haq.policy/1.0).")
  var policy: String?

  @OptionGroup var format: FormatOption

  func validate() throws {
    if bits != nil, policy != nil { throw ValidationError("Give --bits or --policy, not both.") }
  }

  func run() throws {
    let target = try target.resolve()
    let network = try network.resolve(for: target)
    let policy = try policy(for: network)
    let table = try target.costTable(of: network)
    let report = try CostReport(of: policy, in: table)
    try format.print(report, text: report.text)
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
