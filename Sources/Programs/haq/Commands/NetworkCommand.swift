import ArgumentParser
import Diagnostics
import Documents
import EvaluatorArguments
import Networks
import ONNX
import Specs
import Targets
import Terminal

/// `haq network`: what is in a network.
struct NetworkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "network", abstract: "Shows what a network computes.",
    discussion: """
      Examples:
        haq network show mobilenet-v2
      """,
    subcommands: [Show.self])

  /// Every operation, what of it is quantizable, and which layers belong together.
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract:
        "Shows every operation of a network: shapes, parameters, multiply-accumulates, and what is quantizable.",
      discussion: """
        In shapes, N is the batch. A policy chooses the bits of quantizable operations. With --target, haq also lists \
        the layers that the target has no cost for. A .json layer list has no operations to show; haq cost shows its layers.

        Examples:
          haq network show mobilenet-v2
          haq network show my-network.onnx --input-size 160 --target bismo-vu9p
          haq network show my-network.onnx --format json
        """)

    @Argument(help: "A built-in network (\(Architecture.names.joined(separator: ", "))) or an .onnx file.")
    var network: String

    @OptionGroup var size: InputSizeOption

    @OptionGroup var target: OptionalTargetOption

    @OptionGroup var format: FormatOption

    @Flag(help: "Where an ONNX file has an operator that is not read, list those that are.")
    var verbose = false

    func run() throws {
      guard !network.lowercased().hasSuffix(".json") else {
        throw Diagnostic(
          "a .json layer list has no connections between layers, so there are no operations to show",
          at: .init(file: network),
          hint: "Give the network's .onnx file, or show the layers with: haq cost \(network) --target TARGET")
      }
      let graph = try graph()
      let kinds = try target.resolve().map {
        NetworkDescriptionDocument.Supported(target: $0.spec.id, kinds: $0.spec.capabilities.layers)
      }
      let document = try NetworkDescriptionDocument(of: graph, on: kinds)
      try format.print(document, text: document.text)
    }

    private func graph() throws -> Graph {
      do {
        return try NetworkSource(argument: network).graph(inputSize: size.inputSize)
      } catch let error as ONNXError {
        if verbose, case .unsupportedOperator = error.problem {
          Messages.note("operators that are read: \(ONNX.operatorNames.joined(separator: ", "))")
        }
        throw error
      }
    }
  }
}
