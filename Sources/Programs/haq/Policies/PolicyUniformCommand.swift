import ArgumentParser
import Core
import Diagnostics
import Documents
import Foundation
import Specs

/// `haq policy uniform`: a policy file with one precision for all layers.
struct PolicyUniformCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uniform", abstract: "Writes a policy with the same bits for every layer of a network.",
    discussion: "Examples:\n  haq policy uniform fashion-mobilenet-v2 --bits W4A6 --ends W8A8 -o w4a6.json")

  @OptionGroup var network: NetworkArgument

  @Option(
    help: ArgumentHelp("Precision of all layers, such as W4A6.", valueName: "bits"),
    transform: PolicyOption.precision)
  var bits: Precision

  @Option(
    help: ArgumentHelp("Precision of the first and the last layer. (default: --bits)", valueName: "bits"),
    transform: PolicyOption.precision)
  var ends: Precision?

  @Option(
    name: [.customShort("o"), .long], help: ArgumentHelp("Policy file to write.", valueName: "file.json"))
  var output: String

  @OptionGroup var force: ForceOption
  @OptionGroup var format: FormatOption

  func run() throws {
    let named = try network.read()
    let shapes = try named.layers(batch: network.batch, defaultBatch: 1)
    var policy = Policy.uniform(bits, layerCount: shapes.layers.count)
    if let ends {
      policy[0] = ends
      policy[shapes.layers.count - 1] = ends
    }
    let document = PolicyDocument(policy, for: shapes, target: nil)
    try OutputFile.write(Data(document.text.utf8), to: output, readOnlyFiles: force.readOnlyFiles)
    let memory = try named.graph.map { try NetworkMemory(of: policy, in: $0, batch: 1) }
    try format.print(PolicyDescriptionDocument(document, file: output, memory: memory), text: "")
  }
}
