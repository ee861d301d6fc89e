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
    if let batch { try Self.check(batch: batch) }
  }

  /// The layers, at the batch of the command line, else of the file, else of the target.
  func resolve(for target: Target) throws -> Network { try resolve(defaultBatch: target.spec.batch) }

  /// The layers, at the batch of the command line, else of the file, else the default.
  func resolve(defaultBatch: Int) throws -> Network {
    try Self.network(network, batch: batch, defaultBatch: defaultBatch)
  }

  /// The layers of what `name` names, at `batch`, else at the batch of its file, else at the default.
  static func network(_ name: String, batch: Int?, defaultBatch: Int) throws -> Network {
    guard name.lowercased().hasSuffix(".json") else {
      let source = try NetworkSource(argument: name, otherExtensions: ["json"])
      return try source.graph().network(batch: batch ?? defaultBatch)
    }
    let bytes = try InputFile.read(name)
    let read = try NetworkDocument.read(bytes, file: name)
    Failure.warn(read.warnings)
    let shapes = read.document.network(defaultBatch: defaultBatch)
    return batch.map(shapes.withBatch) ?? shapes
  }

  /// Throws a `ValidationError` for a batch that no network can have.
  static func check(batch: Int) throws {
    if !(1...NetworkDocument.largestBatch).contains(batch) {
      throw ValidationError("--batch must be 1 to \(NetworkDocument.largestBatch), not \(batch).")
    }
  }
}
