import Foundation
import Networks
import NumberFormats
import SwiftProtobuf

/// Turns the nodes of one model into a graph, front to back.
///
/// Constants are folded and shapes inferred along the way, so each node's problem is found at that node.
struct ONNXReader {
  /// What is known of a value of the file.
  enum Value {
    /// An initializer that has not been read yet.
    case stored(ONNXTensor)
    case constant(FoldedTensor)
    /// Integers that are known for every batch.
    case samples(SampleNumbers)
    /// Integers of which the shape alone is known for every batch.
    case shaped(TensorShape)
    /// A constant whose last reader has been, so that its numbers were let go.
    case spent
    /// Computed when the network runs, by the name that the graph knows it by.
    case computed(String)
    /// The quantized values of a computed value, before they are numbers again.
    case quantized(QuantizedActivation)
  }

  let opset: Int
  /// The batch that the file fixes; nil when it is symbolic.
  let batch: Int?
  let options: ONNXReadingOptions
  let container: ONNXContainer
  var values: [String: Value] = [:]
  var graph: Graph
  /// The shape of every value of the graph.
  var shapes: [String: TensorShape]
  /// The position of the node that writes a value of the graph.
  var producers: [String: Int] = [:]
  /// Values of the graph that more than one node reads.
  private let shared: Set<String>
  /// Further results of nodes, which are missing only when a node reads them.
  var refused: [String: ONNXError.Problem] = [:]
  /// The 16-bit floats that a Cast makes of a computed value, by the name of its result.
  var casts: [String: FloatingFormat] = [:]
  /// The values of the graph that results of IsNaN are about, by the names of those results.
  var numberTests: [String: String] = [:]
  /// Layers by the tensor of the file that their weights are.
  var layersOfTensor: [String: [String]] = [:]
  /// Names of the file's nodes, and those made of them.
  private var nodeNames: Set<String>
  /// Every value that the file names, now or further on.
  private let valueNames: Set<String>
  /// How often each value of the file is still read.
  private var remainingReads: [String: Int]
  /// What the numbers of the file, and those made of them, may take.
  let budget: ReadingBudget
  /// What the graph takes of it.
  var rooms: [ReadingBudget.Room] = []

  /// Throws `ONNXError.Problem` or `GraphError`.
  ///
  /// - Parameter stem: The file's name without its extension, for a graph without a name.
  static func graph(in bytes: Data, stem: String, options: ONNXReadingOptions) throws -> Graph {
    let container = try ONNXContainer(bytes)
    var decoding = BinaryDecodingOptions()
    decoding.discardUnknownFields = true
    let model: ONNXModelProto
    do {
      model = try ONNXModelProto(serializedBytes: container.structure, options: decoding)
    } catch {
      throw ONNXError.Problem.notONNX(reason: "\(error)")
    }
    guard model.hasGraph else { throw ONNXError.Problem.notONNX(reason: "it holds no graph") }
    var reader = try ONNXReader(model, in: container, stem: stem, options: options)
    for node in model.graph.node {
      try reader.read(node)
      reader.letGo(of: node.input)
    }
    return try reader.finished(outputs: model.graph.output.map(\.name))
  }

  private init(
    _ model: ONNXModelProto, in container: ONNXContainer, stem: String, options: ONNXReadingOptions
  ) throws {
    let version = model.opsetImport.first { ONNXOperator.isStandard(domain: $0.domain) }?.version
    guard let version, let opset = Int(exactly: version), ONNX.opsets.contains(opset) else {
      throw ONNXError.Problem.unsupportedOpset(version)
    }
    self.opset = opset
    self.options = options
    self.container = container
    budget = ReadingBudget(limit: options.sizeLimit)

    let proto = model.graph
    for initializer in proto.initializer {
      let tensor = Value.stored(ONNXTensor(initializer, in: container))
      guard values.updateValue(tensor, forKey: initializer.name) == nil else {
        throw ONNXError.Problem.tensor(initializer.name, message: "is there twice")
      }
    }
    nodeNames = Set(proto.node.map(\.name))
    valueNames = Set(proto.node.flatMap(\.output) + proto.input.map(\.name) + values.keys)
    shared = Self.sharedValues(of: proto)
    let reads = proto.node.lazy.flatMap(\.input) + proto.output.map(\.name)
    remainingReads = reads.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    // Files before IR version 4 list initializers among the inputs.
    let known = Set(values.keys)
    let input = try ONNXInput(
      proto.input.filter { !known.contains($0.name) }, nodes: proto.node, options: options)
    guard !proto.output.isEmpty else {
      throw ONNXError.Problem.interface(message: "the network has no outputs")
    }
    guard input.shape.isLegal else { throw GraphError.illegalInputShape(input.shape) }
    batch = input.batch
    values[input.name] = .computed(input.name)
    shapes = [input.name: input.shape]
    graph = Graph(
      name: ONNX.exporterNames.contains(proto.name) ? stem : proto.name, input: input.name,
      inputShape: input.shape, nodes: [], output: proto.output[0].name)
    graph.imageLayout = input.layout
    graph.batch = input.batch
  }

  /// Counting the names that Identity, Dropout and Cast give a value as the value's own.
  private static func sharedValues(of proto: ONNXGraphProto) -> Set<String> {
    var roots: [String: String] = [:]
    var reads: [String: Int] = [:]
    for node in proto.node {
      if ["Identity", "Dropout", "Cast"].contains(node.opType), let input = node.input.first,
        let output = node.output.first
      {
        roots[output] = roots[input] ?? input
      } else {
        for input in node.input { reads[roots[input] ?? input, default: 0] += 1 }
      }
    }
    for output in proto.output { reads[roots[output.name] ?? output.name, default: 0] += 1 }
    return Set(reads.filter { $0.value > 1 }.keys)
  }

  /// Frees constants that no further node reads: of big networks, each would otherwise be in memory twice.
  private mutating func letGo(of inputs: [String]) {
    for name in inputs {
      remainingReads[name]! -= 1
      if remainingReads[name] == 0, case .constant = values[name] { values[name] = .spent }
    }
  }

  private mutating func read(_ proto: ONNXNodeProto) throws {
    let name = proto.name.isEmpty ? unusedNodeName(proto.output.first ?? "") : proto.name
    let node = try ONNXNode(proto, name: name, opset: opset)
    guard let kind = ONNXOperator.named(proto.opType, domain: proto.domain) else {
      throw ONNXError.Problem.unsupportedOperator(
        node: node.name, name: proto.opType, domain: proto.domain, opset: opset)
    }
    try node.check(inputs: kind.inputs)
    try node.check(attributes: kind.attributes)
    try node.checkOutput()
    for extra in node.outputs.dropFirst(kind.outputs) where !extra.isEmpty {
      refused[extra] = node.problem("gives \"\(extra)\" beside its result, which is not supported")
    }
    for output in node.outputs.prefix(kind.outputs) where !output.isEmpty && values[output] != nil {
      throw GraphError.repeatedValue(node: node.name, value: output)
    }
    let constants = try node.inputs.indices.map { try constantIfKnown(node, $0) }
    let room = try roomToRead(constants)
    defer { withExtendedLifetime(room) {} }
    let isKnown = node.inputs.indices.allSatisfy { node.input($0) == nil || constants[$0] != nil }
    if let fold = kind.fold {
      if isKnown, let result = try fold(node, constants) { return set(result, for: node.output) }
      if try readSampleNumbers(node, fold) { return }
    }
    guard let read = kind.read else {
      throw problem(ofFolding: node)
    }
    try read(&self, node)
  }

  /// Counts the constants that a node reads, and gives room for the lists that are made of integers on the way.
  private func roomToRead(_ constants: [FoldedTensor?]) throws -> ReadingBudget.Room {
    try budget.spend(constants.reduce(0) { $0 + ($1?.elements.count ?? 0) })
    return try budget.room(
      for: [2, constants.reduce(0) { $0 + ($1?.integers?.count ?? 0) }], of: Dimension.self)
  }

  /// Why an operator that is supported on constants alone could not be one.
  private func problem(ofFolding node: ONNXNode) -> ONNXError.Problem {
    let computed = node.inputs.first { name in
      if case .computed = values[name] { true } else { false }
    }
    guard let computed else {
      return node.problem(
        "has inputs from which its result cannot be computed while the file is read: their types or lengths do not fit, or they "
          + "depend on the batch in a way that is not supported")
    }
    return node.problem(
      "reads \"\(computed)\", which the network computes; \(node.kind) is supported on constants and shapes alone"
    )
  }

  private mutating func finished(outputs: [String]) throws -> Graph {
    let names = try outputs.map { output in
      switch values[output] {
      case .computed(let name): return name
      case nil: throw refused[output] ?? GraphError.unknownOutput(output)
      default:
        throw ONNXError.Problem.interface(message: "the output \"\(output)\" does not depend on the input")
      }
    }
    graph.output = names[0]
    graph.otherOutputs = Array(names.dropFirst())
    removeWhatNobodyReads()
    graph.sharedWeights = layersOfTensor.values.map { layers in layers.filter { graph.weights[$0] != nil } }
      .filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
    try graph.validateWeights()
    return graph
  }

  /// Constants that were folded further, and nodes whose results nothing needs.
  private mutating func removeWhatNobodyReads() {
    var needed = Set(graph.outputs)
    var kept: [Node] = []
    for node in graph.nodes.reversed() where needed.contains(node.output) {
      kept.append(node)
      needed.formUnion(node.inputs)
    }
    graph.nodes = kept.reversed()
    graph.constants = graph.constants.filter { needed.contains($0.key) }
    let names = Set(kept.map(\.name))
    graph.weights = graph.weights.filter { names.contains($0.key) }
    graph.givenWidths = graph.givenWidths.filter { names.contains($0.key) }
  }

  /// A name that no node has, for one that the file does not name.
  mutating func unusedNodeName(_ wanted: String) -> String {
    var name = wanted
    while !nodeNames.insert(name).inserted { name += "_" }
    return name
  }

  /// A name that no value has, for one that the file does not name.
  func unusedValueName(_ wanted: String) -> String {
    var name = wanted
    while valueNames.contains(name) || shapes[name] != nil { name += "_" }
    return name
  }

  /// Whether one node alone reads a value of the graph.
  func isReadOnce(_ value: String) -> Bool { !shared.contains(value) }
}
