import Networks

/// The layers of floats that read quantized values by a DequantizeLinear with a scale for each channel, all of them equal.
///
/// Where a convolution or Gemm lies between a DequantizeLinear of one scale and a QuantizeLinear, onnxruntime 1.32 rounds
/// its weights to 8 bits with one scale for all (`WeightBiasQuantization`), although the file has them as floats. It leaves
/// the layer alone where the DequantizeLinear in front has a scale for each channel.
struct ScalesByChannel {
  /// What such layers read, by name of the layer.
  private var values: [String: String] = [:]
  private var channels: [String: Int] = [:]
  /// Values that others read, too.
  private var readByOthers: Set<String>

  init(_ graph: Graph, shapes: [String: TensorShape], quantizers: QuantizerWriting) {
    readByOthers = Set(graph.outputs)
    let quantized = Set(
      graph.nodes.filter { if case .fakeQuantize = $0.operation { true } else { false } }.map(\.output))
    for node in graph.nodes {
      let first = node.inputs[0]
      if quantized.contains(first), let shape = shapes[first],
        quantizers.leavesInFloats(node, reading: shape), let count = shape.dimensions[1].fixed
      {
        values[node.name] = first
        channels[first] = count
      } else {
        readByOthers.formUnion(node.inputs)
      }
    }
  }

  /// The DequantizeLinear of these layers; nil where none of them reads the value, or where `form` is something else.
  func form(_ form: ONNXForm, of value: String) -> ONNXForm? {
    guard form.kind == "DequantizeLinear", let count = channels[value] else { return nil }
    return form.byChannel(count)
  }

  func isReadByOthers(_ value: String) -> Bool { readByOthers.contains(value) }

  func value(readBy node: Node) -> String? { values[node.name] }
}

extension QuantizerWriting {
  /// Whether runtimes would take a layer between quantizers for one of integers, though its weights are floats.
  fileprivate func leavesInFloats(_ node: Node, reading shape: TensorShape) -> Bool {
    guard form == .qdq || form == .qcdq, weightQuantizers[node.name] == nil else { return false }
    // Weights with a scale for each block are never rounded again.
    if case .groups = weightFormats[node.name] { return false }
    switch node.operation {
    case .convolution, .transposedConvolution: return true
    case .fullyConnected: return shape.rank == 2
    default: return false
    }
  }
}

extension ONNXForm {
  /// The same DequantizeLinear with its scale and zero point repeated for each channel.
  fileprivate func byChannel(_ count: Int) -> ONNXForm {
    var form = self
    form.attributes.append(("axis", .integer(1)))
    form.parameters = parameters.map { $0?.repeated(count) }
    return form
  }
}

extension ONNXForm.Parameter {
  /// - Precondition: the parameter is one number, as of a quantizer.
  fileprivate func repeated(_ count: Int) -> ONNXForm.Parameter {
    func all<Number>(_ numbers: [Number]) -> [Number] {
      numbers.flatMap { [Number](repeating: $0, count: count) }
    }
    var parameter = self
    parameter.extents = [count]
    switch content {
    case .floats(let numbers): parameter.content = .floats(all(numbers))
    case .smallIntegers(let numbers, let type): parameter.content = .smallIntegers(all(numbers), type)
    case .codes(let codes, let type): parameter.content = .codes(all(codes), type)
    case .integers, .halves, .formatted, .quantized: preconditionFailure("no scale or zero point")
    }
    return parameter
  }
}
