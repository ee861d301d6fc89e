import ArgumentParser
import Core
import Diagnostics
import Documents
import Networks
import ONNX
import Specs
import Targets
import Terminal

/// What a NETWORK argument names, read once.
struct NamedNetwork {
  private enum Form {
    case graph(Graph)
    case list(NetworkDocument)
  }

  private let form: Form

  /// Warns of what the costs will leave out.
  ///
  /// - Parameter inputSize: The height and width of the images, when they are to be others.
  init(_ name: String, inputSize: InputSize? = nil) throws {
    if name.lowercased().hasSuffix(".json") {
      guard inputSize == nil else {
        throw ValidationError("--input-size needs a network with connections; a .json list has shapes alone.")
      }
      let read = try NetworkDocument.read(
        try InputFile.read(name, limit: PositionedValue.sizeLimit), file: name)
      Messages.warn(read.warnings)
      form = .list(read.document)
    } else {
      let graph = try NetworkSource(argument: name, otherExtensions: ["json"]).graph(inputSize: inputSize)
      Messages.warn([try graph.outline().uncostedWarning].compactMap(\.self))
      form = .graph(graph)
    }
  }

  /// The operations; nil for a .json list, which has layers alone.
  var graph: Graph? { if case .graph(let graph) = form { graph } else { nil } }

  /// The layers, at `batch`, else at the batch of the file, else at the default; nil when nothing states one.
  func layers(batch: Int?, defaultBatch: Int?) throws -> Network? {
    switch form {
    case .graph(let graph): try (batch ?? graph.batch ?? defaultBatch).map { try graph.network(batch: $0) }
    case .list(let document):
      (batch ?? document.batch ?? defaultBatch).map { document.network(defaultBatch: $0).withBatch($0) }
    }
  }

  /// The layers, at `batch`, else at the batch of the file, else at the default.
  func layers(batch: Int?, defaultBatch: Int) throws -> Network {
    guard let network = try layers(batch: batch, defaultBatch: Optional(defaultBatch)) else {
      preconditionFailure("the default is a batch")
    }
    return network
  }
}

extension NamedNetwork {
  /// What the network costs on a target, with the memory that it takes on any.
  func costTable(on target: Target, batch: Int?) throws -> CostTable {
    let layers = try layers(batch: batch, defaultBatch: target.spec.batch)
    return try target.costTable(of: layers).withMemory(graph?.activationMemory(batch: layers.batch))
  }
}
