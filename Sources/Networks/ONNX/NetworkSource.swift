public import Diagnostics
public import Networks

/// What the NETWORK argument of a command names: a built-in network, or an ONNX file.
public enum NetworkSource: Hashable, Sendable {
  /// A built-in architecture that has no weights.
  case architecture(Architecture)
  /// A built-in architecture that comes trained.
  case bundled(BundledModel)
  case onnx(path: String)

  /// Reads the argument; nothing is opened yet.
  ///
  /// - Parameter otherExtensions: file name extensions that the caller has handled before, for
  ///   the message of the `Diagnostic` for an unknown name.
  public init(argument: String, otherExtensions: [String] = []) throws(Diagnostic) {
    if let bundled = BundledModel(rawValue: argument) {
      self = .bundled(bundled)
    } else if let architecture = Architecture(rawValue: argument) {
      self = .architecture(architecture)
    } else if argument.lowercased().hasSuffix(".onnx") {
      self = .onnx(path: argument)
    } else {
      let extensions = (["onnx"] + otherExtensions).map { ".\($0)" }.joined(separator: " or ")
      throw Diagnostic(
        "there is no network called \"\(argument)\"; built in are \(Architecture.names.joined(separator: ", ")), "
          + "and files ending in \(extensions) are read.",
        hint: Suggestion.sentence(for: argument, among: Architecture.names))
    }
  }

  /// The operations; with weights only from an ONNX file.
  ///
  /// All that a cost table needs. Throws `ONNXError`.
  ///
  /// - Parameter inputSize: The height and width of the images, when they are to be others; all shapes follow.
  public func graph(inputSize: InputSize? = nil) throws -> Graph {
    switch self {
    case .architecture(let architecture): Self.resized(architecture.graph, to: inputSize)
    case .bundled(let bundled): Self.resized(bundled.architecture.graph, to: inputSize)
    case .onnx(let path): try ONNX.read(path, inputSize: inputSize)
    }
  }

  /// Built-in networks take maps and pool over whatever is left of them.
  private static func resized(_ graph: Graph, to size: InputSize?) -> Graph {
    guard let size else { return graph }
    var graph = graph
    let channels = graph.inputShape.dimensions[1].factor
    graph.inputShape = TensorShape(channels: channels, height: size.height, width: size.width)
    return graph
  }

  /// The operations and their trained weights.
  ///
  /// Throws a `Diagnostic` when the network has no weights, `ONNXError` when its file is damaged or cannot have images of
  /// that size.
  ///
  /// - Parameter inputSize: The height and width of the images, when they are to be others; all shapes follow.
  public func trainedGraph(inputSize: InputSize? = nil) throws -> Graph {
    switch self {
    case .architecture(let architecture):
      let trained = BundledModel.allCases.map(\.rawValue).joined(separator: " and ")
      throw Diagnostic(
        "\"\(architecture.rawValue)\" is built in without weights, so its accuracy cannot be measured.",
        hint: "Give an ONNX file with weights; \(trained) come trained.")
    case .bundled(let bundled):
      return Self.resized(try bundled.graph(), to: inputSize)
    case .onnx(let path):
      return try ONNX.read(path, inputSize: inputSize)
    }
  }
}
