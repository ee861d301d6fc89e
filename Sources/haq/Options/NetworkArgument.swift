import ArgumentParser
import Diagnostics
import Foundation
import HardwareModel
import Networks
import Reports
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
  func resolve(for target: Target, inputSize: InputSize? = nil) throws -> Network {
    try resolve(defaultBatch: target.spec.batch, inputSize: inputSize)
  }

  /// The layers, at the batch of the command line, else of the file, else the default.
  func resolve(defaultBatch: Int, inputSize: InputSize? = nil) throws -> Network {
    try Self.network(network, batch: batch, defaultBatch: defaultBatch, inputSize: inputSize)
  }

  /// The layers of what `name` names, at `batch`, else at the batch of its file, else at the default.
  static func network(
    _ name: String, batch: Int?, defaultBatch: Int, inputSize: InputSize? = nil
  ) throws -> Network {
    let shapes = try network(name, statedBatch: batch, defaultBatch: defaultBatch, inputSize: inputSize)
    guard let shapes else { preconditionFailure("the default is a batch") }
    return shapes
  }

  /// The layers of what `name` names, at `batch`, else at the batch of its file, else at the default; nil when nothing
  /// states the batch.
  static func network(
    _ name: String, statedBatch batch: Int?, defaultBatch: Int?, inputSize: InputSize? = nil
  ) throws -> Network? {
    guard name.lowercased().hasSuffix(".json") else {
      let source = try NetworkSource(argument: name, otherExtensions: ["json"])
      guard let batch = batch ?? defaultBatch else { return nil }
      let graph = try source.graph(inputSize: inputSize)
      warnOfWhatHasNoCost(try graph.outline())
      return try graph.network(batch: batch)
    }
    guard inputSize == nil else {
      throw ValidationError("--input-size needs a network with connections; a .json list has shapes alone.")
    }
    let bytes = try InputFile.read(name)
    let read = try NetworkDocument.read(bytes, file: name)
    Failure.warn(read.warnings)
    guard let batch = batch ?? read.document.batch ?? defaultBatch else { return nil }
    return read.document.network(defaultBatch: batch).withBatch(batch)
  }

  /// The operations of what `name` names; nil for a .json list, which has layers alone.
  static func graph(_ name: String, inputSize: InputSize? = nil) throws -> Graph? {
    if name.lowercased().hasSuffix(".json") { return nil }
    return try NetworkSource(argument: name, otherExtensions: ["json"]).graph(inputSize: inputSize)
  }

  /// Work that a total leaves out is told.
  private static func warnOfWhatHasNoCost(_ outline: NetworkOutline) {
    let uncosted = outline.steps.filter { if case .uncosted = $0.role { true } else { false } }
    guard let first = uncosted.first else { return }
    let work = Quantity.count(uncosted.reduce(0) { $0 + $1.multiplyAccumulates })
    Failure.warn([
      Diagnostic(
        "\(uncosted.count) operation\(uncosted.count == 1 ? "" : "s") with \(work) MACs a sample, the first of them "
          + "\"\(first.name)\", have no cost and keep floats.", hint: "haq network show says why.")
    ])
  }

  /// Throws a `ValidationError` for a batch that no network can have.
  static func check(batch: Int) throws {
    if !(1...NetworkDocument.largestBatch).contains(batch) {
      throw ValidationError("--batch must be 1 to \(NetworkDocument.largestBatch), not \(batch).")
    }
  }
}
