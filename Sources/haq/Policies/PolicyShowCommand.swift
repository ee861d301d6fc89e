import ArgumentParser
import Foundation
import HardwareModel
import Reports
import SpecLanguage

/// `haq policy show`: a policy file as a table.
struct PolicyShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows the bits of every layer, and what the file records of cost and accuracy.",
    discussion: "Example:\n  haq policy show run/policy.json")

  @Argument(help: "The policy file.")
  var file: String

  @OptionGroup var format: FormatOption

  func run() throws {
    let document = try PolicyFile(file).document
    try format.print(Report(document), text: text(of: document))
  }

  private struct Report: Encodable {
    struct LayerBits: Encodable {
      var name: String
      var weight_bits, activation_bits: BitWidth
    }

    var network: String
    var target: String?
    var layers: [LayerBits]
    var top1: Double?

    init(_ document: PolicyDocument) {
      network = document.network.name
      target = document.target?.id
      layers = document.layers.map {
        LayerBits(name: $0.name, weight_bits: $0.precision.weight, activation_bits: $0.precision.activation)
      }
      top1 = document.accuracy?.top1
    }
  }

  private func text(of document: PolicyDocument) -> String {
    let precisions = document.layers.map(\.precision)
    let widest = (precisions.map(\.weight) + precisions.map(\.activation)).max { $0.bits < $1.bits } ?? .eight
    var table = TextTable([.init("layer"), .init("weights"), .init("activations")])
    for layer in document.layers {
      func bar(_ width: BitWidth) -> String { "\(BitBar.text(width, of: widest)) \(width)" }
      table.add([layer.name, bar(layer.precision.weight), bar(layer.precision.activation)])
    }
    let target = document.target.map { " for \($0.id)" } ?? ""
    var lines = "\(document.network.name)\(target), \(document.layers.count) layers\n\n\(table.text)"
    if let latency = document.cost[.latency] {
      lines += "Latency when it was written: \(Quantity.seconds(latency))\n"
    }
    if let accuracy = document.accuracy {
      let split = accuracy.split.map { " on the \($0) split" } ?? ""
      lines += "Accuracy when it was written: \(String(format: "%.2f %%", accuracy.top1 * 100))\(split)\n"
    }
    return lines
  }
}
