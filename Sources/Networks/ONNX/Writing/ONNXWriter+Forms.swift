import Core
import Foundation
import Networks

extension ONNXWriter {
  /// The nodes of ONNX that make an operation; each reads what the one before it gives.
  ///
  /// - Precondition: the graph has been validated.
  func forms(of node: Node) throws -> [ONNXForm] {
    switch node.operation {
    case .convolution(let convolution):
      layer(
        node, as: ONNXForm("Conv", Self.attributes(of: convolution)),
        outputRank: convolution.window.kernel.count + 1)
    case .transposedConvolution(let transposed): try transposedConvolution(node, transposed)
    case .fullyConnected: try fullyConnected(node)
    case .matrixProduct: [ONNXForm("MatMul")]
    case .relu: [ONNXForm("Relu")]
    case .clip(let lowest, let highest):
      [ONNXForm("Clip", parameters: [.number("lowest", lowest), .number("highest", highest)])]
    case .activation(let activation): activation.forms
    case .parametricRelu: [ONNXForm("PRelu")]
    case .add: [ONNXForm("Add")]
    case .arithmetic(let arithmetic): [ONNXForm(arithmetic.kind)]
    case .pool(let pooling): [pooling.form]
    case .globalAveragePool: [ONNXForm("GlobalAveragePool")]
    case .reduce(let reduction): [reduction.form]
    case .resize(let resizing): [form(of: resizing, on: shapes[node.inputs[0]]!)]
    case .flatten, .reshape, .transpose, .concatenate, .slice, .pad, .select, .expand: [shapeOperation(node)]
    case .softmax(let axis): [ONNXForm("Softmax", [("axis", .integer(axis))])]
    case .logSoftmax(let axis): [ONNXForm("LogSoftmax", [("axis", .integer(axis))])]
    case .scaleAndShift: [scaleAndShift(node)]
    case .layerNormalization(let axis, let epsilon):
      [ONNXForm("LayerNormalization", [("axis", .integer(axis)), ("epsilon", .float(epsilon))], opset: 17)]
    case .localResponseNormalization(let response):
      [
        ONNXForm(
          "LRN",
          [
            ("alpha", .float(response.alpha)), ("beta", .float(response.beta)),
            ("bias", .float(response.bias)), ("size", .integer(response.size)),
          ])
      ]
    case .fakeQuantize(let quantizer): quantizer.forms(as: quantizers.form)
    }
  }

  private static func attributes(of convolution: Convolution) -> [(String, ONNXForm.Attribute)] {
    let window = convolution.window
    return [
      ("dilations", .integers(window.dilation)), ("group", .integer(convolution.groups)),
      ("kernel_shape", .integers(window.kernel)),
      ("pads", .integers(window.padding.before + window.padding.after)),
      ("strides", .integers(window.stride)),
    ]
  }

  /// A layer's operator with its weights and biases.
  ///
  /// - Parameter outputRank: The axes of the output from the channels on.
  private func layer(_ node: Node, as form: ONNXForm, outputRank: Int) -> [ONNXForm] {
    // init proved that every layer has its weights.
    let extents = node.weightExtents(input: shapes[node.inputs[0]]!)!
    let weight = weight(of: node, extents, graph.weights[node.name]!.weight, outputAxis: 0)
    return layer(node, as: form, weight, outputRank: outputRank)
  }

  private func layer(
    _ node: Node, as form: ONNXForm, _ weight: ONNXForm.Parameter, outputRank: Int
  ) -> [ONNXForm] {
    let parameters = graph.weights[node.name]!
    var form = form
    form.parameters = [weight]
    let count = parameters.bias.count
    if let bias = integerBias(of: node) {
      form.parameters.append(bias)
      return [form]
    }
    guard quantizers.form == .qcdq || quantizers.form == .qdq, quantizers.weightQuantizers[node.name] != nil,
      scales[node.inputs[0]] != nil
    else {
      form.parameters.append(.floats("bias", [count], parameters.bias))
      return [form]
    }
    // onnxruntime rounds the bias of a quantized layer to multiples of both scales, which few bits make coarse; a sum it leaves alone.
    let ones = [Int](repeating: 1, count: outputRank - 1)
    return [form, ONNXForm("Add", parameters: [.floats("bias", [count] + ones, parameters.bias)])]
  }

  /// The bias as integer operators add it: 32-bit integers whose scale is that of the inputs times that of the weights.
  private func integerBias(of node: Node) -> ONNXForm.Parameter? {
    guard quantizers.form == .qdq, let weight = quantizers.weightQuantizers[node.name],
      let inputScale = scales[node.inputs[0]], let bias = graph.weights[node.name]?.bias
    else { return nil }
    let range = WeightQuantization.biasRange
    let scales = bias.indices.map { inputScale * weight.scales[weight.scales.count == 1 ? 0 : $0] }
    // A bias that needs more than 32 bits stays a float, in a sum that runtimes do not fuse.
    guard zip(bias, scales).allSatisfy({ range.contains(($0 / $1).rounded()) }) else { return nil }
    return .init(
      name: "bias", extents: [bias.count],
      content: .quantized(
        bias, WeightQuantization(scales: scales, zeroPoint: 0, quantizedRange: range, width: BitWidth(32)!),
        axis: 0
      ))
  }

  /// ONNX has the input channels of the weights first. With several groups, no axis of them has one index for each output,
  /// so that quantized ones are stored outputs first and moved.
  private func transposedConvolution(_ node: Node, _ transposed: TransposedConvolution) throws -> [ONNXForm] {
    let (convolution, extents) = (
      transposed.convolution, node.weightExtents(input: shapes[node.inputs[0]]!)!
    )
    let stored = try FoldedTensor(
      extents: extents, floats: graph.weights[node.name]!.weight, in: ReadingBudget(limit: .max))
    let exchanged = try stored.exchangingChannels(groups: convolution.groups)
    let parameter: ONNXForm.Parameter
    if convolution.groups == 1 ? !isGrouped(node) : !isQuantized(node) {
      parameter = weight(of: node, exchanged.extents, exchanged.floats!, outputAxis: 1)
    } else {
      let kernel = Array(extents[2...])
      let parts = [convolution.groups, extents[0] / convolution.groups] + extents[1...]
      var moved = weight(of: node, extents, stored.floats!, outputAxis: 0)
      moved.movements = [
        ONNXForm("Reshape", parameters: [.integers("parts", parts)]),
        ONNXForm("Transpose", [("perm", .integers([0, 2, 1] + kernel.indices.map { $0 + 3 }))]),
        ONNXForm("Reshape", parameters: [.integers("shape", exchanged.extents)]),
      ]
      parameter = moved
    }
    let form = ONNXForm(
      "ConvTranspose",
      Self.attributes(of: convolution) + [("output_padding", .integers(transposed.outputPadding))])
    return layer(node, as: form, parameter, outputRank: convolution.window.kernel.count + 1)
  }

  /// Whether weights have a scale for each group of a row of them.
  private func isGrouped(_ node: Node) -> Bool {
    if case .groups = quantizers.weightFormats[node.name] { true } else { false }
  }

  private func isQuantized(_ node: Node) -> Bool {
    quantizers.weightQuantizers[node.name] != nil || quantizers.weightFormats[node.name] != nil
  }

  private func weight(of node: Node, _ extents: [Int], _ values: [Float], outputAxis: Int)
    -> ONNXForm.Parameter
  {
    if let format = quantizers.weightFormats[node.name] {
      return .init(
        name: "weight", extents: extents, content: .formatted(values, format, axis: outputAxis))
    }
    guard let quantizer = quantizers.weightQuantizers[node.name] else {
      return .floats("weight", extents, values)
    }
    return .init(name: "weight", extents: extents, content: .quantized(values, quantizer, axis: outputAxis))
  }

  /// Gemm takes matrices alone; with more axes it is a MatMul and a sum.
  private func fullyConnected(_ node: Node) throws -> [ONNXForm] {
    let shape = shapes[node.inputs[0]]!
    guard shape.rank > 2 else {
      return layer(node, as: ONNXForm("Gemm", [("transB", .integer(1))]), outputRank: 1)
    }
    let layer = graph.weights[node.name]!
    let extents = node.weightExtents(input: shape)!
    return [
      ONNXForm("MatMul", parameters: [try transposedWeight(of: node, extents, layer.weight)]),
      ONNXForm("Add", parameters: [.floats("bias", [layer.bias.count], layer.bias)]),
    ]
  }

  /// Inputs first; weights in groups are stored outputs first and moved.
  private func transposedWeight(
    of node: Node, _ extents: [Int], _ values: [Float]
  ) throws -> ONNXForm.Parameter {
    guard !isGrouped(node) else {
      var parameter = weight(of: node, extents, values, outputAxis: 0)
      parameter.movements = [ONNXForm("Transpose", [("perm", .integers([1, 0]))])]
      return parameter
    }
    let weight = try FoldedTensor(
      extents: extents, floats: values, in: ReadingBudget(limit: .max)
    ).transposed([1, 0])
    return self.weight(of: node, weight.extents, weight.floats!, outputAxis: 1)
  }

  /// A batch normalisation whose mean is 0 and whose variance is 1.
  private func scaleAndShift(_ node: Node) -> ONNXForm {
    let channels = shapes[node.inputs[1]]!.count
    return ONNXForm(
      "BatchNormalization", [("epsilon", .float(0))],
      parameters: [
        .floats("mean", [channels], [Float](repeating: 0, count: channels)),
        .floats("variance", [channels], [Float](repeating: 1, count: channels)),
      ], opset: 14)
  }

  private func form(of resizing: Resizing, on shape: TensorShape) -> ONNXForm {
    let scales =
      resizing.scales
      ?? zip(resizing.extents, shape.dimensions.dropFirst(2)).map { output, input in
        let ratio = Float(output) / Float(input.factor)
        // Readers round the product down, so it may not fall short: 9 times the float nearest to 13/9 is below 13.
        return Double(ratio) * Double(input.factor) < Double(output) ? ratio.nextUp : ratio
      }
    var attributes: [(String, ONNXForm.Attribute)] = [
      ("coordinate_transformation_mode", .text(resizing.coordinates.rawValue))
    ]
    switch resizing.interpolation {
    case .nearest(let rounding):
      attributes += [("mode", .text("nearest")), ("nearest_mode", .text(rounding.rawValue))]
    case .linear: attributes.append(("mode", .text("linear")))
    case .cubic(let coefficient):
      attributes += [("mode", .text("cubic")), ("cubic_coeff_a", .float(coefficient))]
    }
    if resizing.excludesOutside { attributes.append(("exclude_outside", .integer(1))) }
    return ONNXForm(
      "Resize", attributes, parameters: [nil, .floats("scales", [scales.count + 2], [1, 1] + scales)],
      opset: resizing.coordinates == .halfPixelSymmetric ? 19 : 13)
  }

  private func shapeOperation(_ node: Node) -> ONNXForm {
    switch node.operation {
    case .flatten: return ONNXForm("Flatten", [("axis", .integer(1))])
    case .reshape(let shape):
      // The one extent with the batch in it follows from the others.
      let list = shape.dimensions.map { $0.fixed ?? -1 }
      return ONNXForm("Reshape", parameters: [.integers("shape", list)])
    case .transpose(let order): return ONNXForm("Transpose", [("perm", .integers(order))])
    case .concatenate(let axis): return ONNXForm("Concat", [("axis", .integer(axis))])
    case .slice(let slice):
      return ONNXForm(
        "Slice",
        parameters: [
          .integers("starts", [slice.start]), .integers("ends", [slice.end]), .integers("axes", [slice.axis]),
          .integers("steps", [slice.step]),
        ])
    case .pad(let padding): return padding.form
    case .select(let selection):
      return ONNXForm(
        "Gather", [("axis", .integer(selection.axis))],
        parameters: [
          .init(name: "indices", extents: selection.extents, content: .integers(selection.indices))
        ])
    case .expand(let shape):
      // The writer computes extents that the batch changes, and has them among the inputs.
      return shape.isPerSample
        ? ONNXForm("Expand")
        : ONNXForm("Expand", parameters: [.integers("shape", shape.dimensions.map(\.factor))])
    default: preconditionFailure("\(node.name) moves nothing")
    }
  }
}
