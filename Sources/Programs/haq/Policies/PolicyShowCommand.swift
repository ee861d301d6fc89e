import ArgumentParser
import Core
import Diagnostics
import Documents
import Foundation
import Networks
import Rendering
import Specs

/// `haq policy show`: a policy file as a table.
struct PolicyShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows the bits of every layer, and what the file records of cost and accuracy.",
    discussion: """
      Examples:
        haq policy show run/policy.json
        haq policy show run/policy.json --network net.onnx
      """)

  @Argument(help: "The policy file.")
  var file: String

  @Option(
    help:
      "The network's .onnx file, for the memory that the policy takes. (default: the built-in one of the policy's network)"
  )
  var network: String?

  @OptionGroup var format: FormatOption

  func run() throws {
    let document = try PolicyFile(file).document
    let memory = try memory(of: document)
    try format.print(Report(document, memory), text: text(of: document, memory))
  }

  /// Of one inference; nil when the network is neither named nor built in.
  private func memory(of document: PolicyDocument) throws -> NetworkMemory? {
    let named: NamedNetwork
    do {
      named = try NamedNetwork(network ?? document.network.name)
    } catch  where network == nil {
      return nil
    }
    let policy: Policy
    do {
      policy = try document.policy(for: named.layers(batch: nil, defaultBatch: 1), file: file)
    } catch  where network == nil {
      return nil
    }
    guard let graph = named.graph else {
      throw Diagnostic(
        "memory needs a network with connections; a .json list has shapes alone",
        at: .init(file: network ?? file))
    }
    return try NetworkMemory(of: policy, in: graph, batch: 1)
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
    /// Of one inference; absent when the network is not known.
    var memory: NetworkMemory?

    init(_ document: PolicyDocument, _ memory: NetworkMemory?) {
      self.memory = memory
      network = document.network.name
      target = document.target?.id
      layers = document.layers.map {
        LayerBits(name: $0.name, weight_bits: $0.precision.weight, activation_bits: $0.precision.activation)
      }
      top1 = document.accuracy?.top1
    }
  }

  private func text(of document: PolicyDocument, _ memory: NetworkMemory?) -> String {
    let precisions = document.layers.map(\.precision)
    let widest = (precisions.map(\.weight) + precisions.map(\.activation)).max { $0.bits < $1.bits } ?? .eight
    var table = TextTable([.init("layer"), .init("weights"), .init("activations")])
    for layer in document.layers {
      func bar(_ width: BitWidth) -> String { "\(BitBar.text(width, of: widest)) \(width)" }
      table.add([layer.name, bar(layer.precision.weight), bar(layer.precision.activation)])
    }
    let target = document.target.map { " for \($0.id)" } ?? ""
    var lines = "\(document.network.name)\(target), \(document.layers.count) layers\n\n\(table.text)"
    lines +=
      memory.map { "Memory, batch 1: \($0.text)\n" }
      ?? "Memory: not known without the network; name its file with --network.\n"
    if let grids = document.grids { lines += "Quantized with \(grids.options)\n" }
    if let latency = document.cost[.latency] {
      lines += "Latency when it was written: \(Quantity.seconds(latency))\n"
    }
    if let accuracy = document.accuracy {
      let split = accuracy.split.map { " on the \($0) split" } ?? ""
      lines += "Accuracy when it was written: \(Quantity.accuracy(accuracy.top1))\(split)\n"
    }
    return lines
  }
}
