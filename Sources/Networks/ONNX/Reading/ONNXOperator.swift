/// How one operator of ONNX is read.
struct ONNXOperator: Sendable {
  typealias Reading = @Sendable (inout ONNXReader, ONNXNode) throws -> Void
  /// Gives nil when the result cannot be known while the network is read.
  typealias Folding = @Sendable (ONNXNode, [FoldedTensor?]) throws -> FoldedTensor?

  var inputs: ClosedRange<Int>
  var attributes: Set<String>
  /// How many results it may give.
  var outputs = 1
  /// The result from constants alone.
  var fold: Folding?
  /// Adds what the operator computes to the graph; nil where only constants are supported.
  var read: Reading?

  /// An operator of computed values, whatever is constant among them.
  init(_ inputs: ClosedRange<Int>, _ attributes: Set<String> = [], outputs: Int = 1, read: @escaping Reading)
  {
    (self.inputs, self.attributes, self.outputs, self.read) = (inputs, attributes, outputs, read)
  }

  init(
    _ inputs: ClosedRange<Int>, _ attributes: Set<String> = [], fold: @escaping Folding, read: Reading? = nil
  ) {
    (self.inputs, self.attributes, self.fold, self.read) = (inputs, attributes, fold, read)
  }

  /// The operators that ONNX itself defines, by name.
  static let standard: [String: ONNXOperator] = [
    products, activations, compositions, arithmetic, comparisons, pooling, normalizations,
    groupNormalizations, attention, reductions, reshapes, shapeOperations, shapeArithmetic, indexing,
    quantizers,
    resizing,
    passThrough,
  ].reduce(into: [:]) { all, family in all.merge(family) { first, _ in first } }

  /// The operators of QONNX (https://github.com/fastmachinelearning/qonnx), by name.
  static let qonnx: [String: ONNXOperator] = qonnxQuantizers

  /// Whether a domain is that of the operators that ONNX itself defines.
  static func isStandard(domain: String) -> Bool { domain.isEmpty || domain == "ai.onnx" }

  private static let qonnxDomains: Set<String> = [
    "qonnx.custom_op.general", "finn.custom_op.general", "onnx.brevitas",
  ]

  static func named(_ name: String, domain: String) -> ONNXOperator? {
    if isStandard(domain: domain) { return standard[name] }
    return qonnxDomains.contains(domain) ? qonnx[name] : nil
  }
}
