public import Networks

/// Why a file could not be read as a network, or a network not be written as a file.
public struct ONNXError: Error, Hashable, Sendable {
  /// The file's path or name, as the user gave it.
  public var file: String
  public var problem: Problem

  public init(file: String, problem: Problem) {
    self.file = file
    self.problem = problem
  }

  public enum Problem: Error, Hashable, Sendable {
    case unreadable(reason: String)
    /// More bytes than the limit of the reader, so nothing was read.
    case tooLarge(bytes: Int, limit: Int)
    /// More names, nodes and attributes than the limit of the reader.
    case tooManyParts(bytes: Int, limit: Int)
    /// More messages, names and texts than the limit of the reader.
    case tooManyMessages(limit: Int)
    /// Tensors and constants that would take more bytes of memory at one time than the limit of the reader.
    case tooMuchMemory(limit: Int)
    /// Constants of which more numbers would be read and made than the limit of the reader.
    case tooMuchWork(limit: Int)
    /// The bytes are not a protobuf message of ONNX's form, or end early.
    case notONNX(reason: String)
    case unsupportedOpset(Int64?)
    case unsupportedOperator(node: String, name: String, domain: String, opset: Int)
    /// A supported operator in a form that is not supported, or that ONNX forbids.
    case node(String, operatorName: String, opset: Int, message: String)
    case tensor(String, message: String)
    /// The network's inputs and outputs.
    case interface(message: String)
    case graph(GraphError)
  }
}

extension ONNXError: CustomStringConvertible {
  public var description: String { "\(file): \(problem)" }
}

extension ONNXError.Problem: CustomStringConvertible {
  /// What to do about an operator that is not read.
  private static func way(past name: String) -> String {
    switch name {
    case "LSTM", "GRU", "RNN": "Recurrent layers are not read yet"
    case "If", "Loop", "Scan": "Control flow is not read; export with fixed branches"
    case "NonMaxSuppression", "TopK", "NonZero", "RoiAlign":
      "Leave what follows the network out of the file: onnx.utils.extract_model"
    case "DynamicQuantizeLinear", "MatMulInteger", "ConvInteger", "DynamicQuantizeMatMul",
      "DynamicQuantizeLSTM":
      "Give the network before its dynamic quantization"
    case "QLinearConv", "QLinearMatMul", "QLinearAdd", "QGemm":
      "Give the network in floats, or quantized in the form QDQ"
    default: "haq network show --verbose lists the operators that are"
    }
  }

  public var description: String {
    switch self {
    case .unreadable(let reason):
      "cannot be read: \(reason)"
    case .tooLarge(let bytes, let limit):
      "has \(bytes) bytes; networks of up to \(limit) bytes are read"
    case .tooManyParts(let bytes, let limit):
      "describes its structure in \(bytes) bytes, tensor contents not counted; up to \(limit) are read"
    case .tooManyMessages(let limit):
      "describes its structure in more than \(limit) parts; up to \(limit) are read"
    case .tooMuchMemory(let limit):
      "has tensors, some used more than once, that together exceed the size limit of \(limit) bytes of memory"
    case .tooMuchWork(let limit):
      "has constants that take too long to compute: of more than \(limit) numbers; up to \(limit) are read and made"
    case .notONNX(let reason):
      "is not an ONNX network, or is damaged: \(reason)"
    case .unsupportedOpset(let found):
      "\(found.map { "uses ONNX opset \($0)" } ?? "names no ONNX opset"); "
        + "opsets \(ONNX.opsets.lowerBound) to \(ONNX.opsets.upperBound) are read"
    case .unsupportedOperator(let node, let name, let domain, let opset):
      "node \"\(node)\" is \(domain.isEmpty ? "" : "\(domain).")\(name) of opset \(opset), which is not supported. "
        + Self.way(past: name)
    case .node(let node, let operatorName, let opset, let message):
      "node \"\(node)\" (\(operatorName), opset \(opset)) \(message)"
    case .tensor(let name, let message):
      "tensor \"\(name)\" \(message)"
    case .interface(let message):
      message
    case .graph(let error):
      error.description
    }
  }
}
