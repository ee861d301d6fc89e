import ArgumentParser
import Core
import Foundation
import Specs

/// `haq policy uniform`: a policy file with one precision for all layers.
struct PolicyUniformCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uniform", abstract: "Writes a policy with the same bits for every layer of a network.",
    discussion: "Example:\n  haq policy uniform fashion-mobilenet-v2 --bits W4A6 --ends W8A8 -o w4a6.json")

  @OptionGroup var network: NetworkArgument

  @Option(help: "The precision, such as W4A6.", transform: PolicyOption.precision)
  var bits: Precision

  @Option(help: "Another precision for the first and the last layer.", transform: PolicyOption.precision)
  var ends: Precision?

  @Option(name: [.customShort("o"), .long], help: "The policy file to write.")
  var output: String

  func run() throws {
    let shapes = try network.resolve(defaultBatch: 1)
    var policy = Policy.uniform(bits, layerCount: shapes.layers.count)
    if let ends {
      policy[0] = ends
      policy[shapes.layers.count - 1] = ends
    }
    let document = PolicyDocument(policy, for: shapes, target: nil)
    try OutputFile.write(Data(document.text.utf8), to: output)
  }
}
