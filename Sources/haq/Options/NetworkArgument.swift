import ArgumentParser
import Diagnostics
import Foundation
import HardwareModel
import Networks
import SpecLanguage
import Targets

/// The NETWORK argument and `--batch`, for commands that cost a network.
struct NetworkArgument: ParsableArguments {
  @Argument(
    help:
      "A built-in network (\(Architecture.names.joined(separator: ", "))), an .onnx file, or a .json list of layers."
  )
  var network: String

  @Option(help: "Samples per inference. (default: what the network file or the target's spec states)")
  var batch: Int?

  func validate() throws {
    if let batch, !(1...NetworkDocument.largestBatch).contains(batch) {
      throw ValidationError("--batch must be 1 to \(NetworkDocument.largestBatch), not \(batch).")
    }
  }

  /// The layers, at the batch of the command line, else of the file, else of the target.
  func resolve(for target: Target) throws -> Network {
    guard network.lowercased().hasSuffix(".json") else {
      let source = try NetworkSource(argument: network, otherExtensions: ["json"])
      return try source.graph().network(batch: batch ?? target.spec.batch)
    }
    let bytes = try InputFile.read(network)
    let read = try NetworkDocument.read(bytes, file: network)
    Failure.warn(read.warnings)
    let shapes = read.document.network(defaultBatch: target.spec.batch)
    return batch.map(shapes.withBatch) ?? shapes
  }
}
