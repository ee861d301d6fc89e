/// An operator that the reader understands, by its ONNX name.
enum ONNXOperator: String, CaseIterable {
  case convolution = "Conv"
  case relu = "Relu"
  case clip = "Clip"
  case add = "Add"
  case maxPool = "MaxPool"
  case globalAveragePool = "GlobalAveragePool"
  case flatten = "Flatten"
  case fullyConnected = "Gemm"
  case batchNormalization = "BatchNormalization"
  case reshape = "Reshape"
  case identity = "Identity"
  case constant = "Constant"

  /// Whether a domain is that of the operators that ONNX itself defines.
  static func isStandard(domain: String) -> Bool { domain.isEmpty || domain == "ai.onnx" }
}
