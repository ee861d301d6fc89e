import Core
import Networks
import NumberFormats

/// A computed value between QuantizeLinear and DequantizeLinear.
struct QuantizedActivation {
  var value: String
  var scale: Float
  var zeroPoint: Float
  var quantizedRange: ClosedRange<Float>
  /// Floats of 8 bits instead of integers.
  var floats: FloatingFormat?

  func clipped(to limits: (lowest: Float, highest: Float), _ node: ONNXNode) throws -> QuantizedActivation {
    guard limits.lowest < limits.highest, limits.lowest <= quantizedRange.upperBound,
      limits.highest >= quantizedRange.lowerBound
    else { throw node.problem("leaves no quantized values between \(limits.lowest) and \(limits.highest)") }
    var clipped = self
    clipped.quantizedRange = quantizedRange.clamped(to: limits.lowest...limits.highest)
    return clipped
  }
}

/// Ranges of quantized values and the bits that store them.
enum QuantizedRange {
  /// The fewest bits that have all values of the range; nil for more than 32.
  static func width(of quantizedRange: ClosedRange<Float>) -> BitWidth? {
    (1...32).first { bits in
      let count = Float(sign: .plus, exponent: bits, significand: 1)
      return quantizedRange.lowerBound < 0
        ? quantizedRange.lowerBound >= -count / 2 && quantizedRange.upperBound < count / 2
        : quantizedRange.upperBound < count
    }.flatMap(BitWidth.init)
  }

  /// The quantized values of a width.
  static func of(bits: Int, isSigned: Bool, isNarrow: Bool) -> ClosedRange<Float> {
    let count = Float(sign: .plus, exponent: bits, significand: 1)
    guard isSigned else { return 0...(isNarrow ? count - 2 : count - 1) }
    return (isNarrow ? -count / 2 + 1 : -count / 2)...(count / 2 - 1)
  }
}

extension ONNXOperator {
  static let quantizers: [String: ONNXOperator] = [
    "QuantizeLinear": ONNXOperator(
      2...3, ["axis", "block_size", "output_dtype", "precision", "saturate"], fold: foldQuantize
    ) { try $0.appendQuantizer($1) },
    "DequantizeLinear": ONNXOperator(2...3, ["axis", "block_size", "output_dtype"], fold: foldDequantize) {
      try $0.appendDequantizer($1)
    },
  ]

  static let qonnxQuantizers: [String: ONNXOperator] = [
    "Quant": ONNXOperator(4...4, ["narrow", "rounding_mode", "signed"], fold: foldQuant) {
      try $0.appendQuant($1)
    },
    "BipolarQuant": ONNXOperator(
      2...2,
      fold: { node, inputs in
        guard let tensor = inputs[0], let scale = try inputs[1]?.broadcast(to: tensor.extents),
          var result = try tensor.applying(
            FoldedTensor.Binary(floats: { $0 >= 0 ? $1 : -$1 }, integers: { _, _ in nil }), scale)
        else { return nil }
        result.givenWidth = BitWidth(1)
        return result
      }),
  ]

  private static let foldQuantize: Folding = { node, inputs in
    guard let tensor = inputs[0], let numbers = tensor.floats else { return nil }
    let type = inputs.element(2)?.type ?? .unsigned8
    let (scales, zeros) = try node.scalesAndZeros(inputs, for: tensor)
    if let floats = type.floats8 {
      try node.requireFloatZeros(zeros.numbers)
      return try FoldedTensor(
        type: type, extents: tensor.extents,
        floats: numbers.indices.map { floats.round(numbers[$0] / scales[$0], overflow: .saturating) },
        in: tensor.budget)
    }
    guard let quantizedRange = type.quantizedRange else {
      throw node.problem("gives \(type), which is not supported")
    }
    func quantized(_ index: Int) -> Float {
      let value = (numbers[index] / scales[index]).rounded(.toNearestOrEven) + zeros[index]
      return min(max(value, quantizedRange.lowerBound), quantizedRange.upperBound)
    }
    return try FoldedTensor(
      type: type, extents: tensor.extents, floats: numbers.indices.map(quantized), in: tensor.budget)
  }

  private static let foldDequantize: Folding = { node, inputs in
    guard let tensor = inputs[0] else { return nil }
    guard let quantized = tensor.floats ?? tensor.fixedIntegers?.map({ Float($0) }) else { return nil }
    let (scales, zeros) = try node.scalesAndZeros(inputs, for: tensor)
    var result = try FoldedTensor(
      extents: tensor.extents, floats: quantized.indices.map { (quantized[$0] - zeros[$0]) * scales[$0] },
      in: tensor.budget)
    result.source = tensor.source
    let floats = tensor.type.floats8.map { BitWidth(format: .floating($0)) }
    result.givenWidth =
      tensor.givenWidth ?? floats ?? tensor.type.quantizedRange.flatMap(QuantizedRange.width)
    return result
  }

  private static let foldQuant: Folding = { node, inputs in
    guard let tensor = inputs[0], let numbers = tensor.floats,
      let scales = try inputs[1]?.broadcast(to: tensor.extents)?.floats,
      let zeros = try inputs[2]?.broadcast(to: tensor.extents)?.floats
    else { return nil }
    let (width, quantizedRange) = try node.quantizedRange(bits: inputs[3])
    func rounded(_ index: Int) -> Float {
      let value = (numbers[index] / scales[index] + zeros[index]).rounded(.toNearestOrEven)
      return (min(max(value, quantizedRange.lowerBound), quantizedRange.upperBound) - zeros[index])
        * scales[index]
    }
    var result = try FoldedTensor(
      type: tensor.type, extents: tensor.extents, floats: numbers.indices.map(rounded), in: tensor.budget)
    result.givenWidth = width
    return result
  }
}

/// Numbers along one axis of a tensor, or of blocks along it, by the positions of its elements in memory.
private struct SpreadNumbers {
  /// At least one.
  var numbers: [Float]
  /// Elements behind each index of the axis.
  var inner = 1
  /// Along the axis; nil where each number is for one index of it, whatever the axes before.
  var blocks: (length: Int, extent: Int)?

  subscript(position: Int) -> Float {
    guard let blocks else { return numbers[position / inner % numbers.count] }
    let (outer, index) = (position / inner / blocks.extent, position / inner % blocks.extent)
    let count = (blocks.extent + blocks.length - 1) / blocks.length
    return numbers[(outer * count + index / blocks.length) * inner + position % inner]
  }
}

extension ONNXNode {
  /// A scale and a zero point for each number of a tensor.
  fileprivate func scalesAndZeros(
    _ inputs: [FoldedTensor?], for tensor: FoldedTensor
  ) throws -> (scales: SpreadNumbers, zeros: SpreadNumbers) {
    let scales = try spread(inputs[1]?.floats ?? [], "scale", over: tensor)
    guard scales.numbers.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw problem("has a scale that is not a positive number")
    }
    guard let zero = inputs.element(2) else { return (scales, SpreadNumbers(numbers: [0])) }
    let zeros = zero.floats ?? zero.fixedIntegers?.map { Float($0) } ?? []
    return (scales, try spread(zeros, "zero point", over: tensor))
  }

  /// Floats have a zero of their own.
  fileprivate func requireFloatZeros(_ zeros: [Float]) throws {
    guard zeros.allSatisfy({ $0 == 0 }) else {
      throw problem("has a zero point that is not 0, which 8-bit floats cannot have")
    }
  }

  /// One number for all, one for each index of the axis, or one for each block along it.
  private func spread(_ numbers: [Float], _ what: String, over tensor: FoldedTensor) throws -> SpreadNumbers {
    let count = tensor.elements.count
    if numbers.count == 1 { return SpreadNumbers(numbers: numbers) }
    let axis = try axis(integer("axis", default: 1), rank: tensor.extents.count)
    let length = try integer("block_size", default: 0)
    guard length >= 0 else { throw problem("has the block_size \(length)") }
    if length > 0 {
      let extent = tensor.extents[axis]
      let inner = tensor.extents[(axis + 1)...].reduce(1, *)
      // Counted without rounding up, which could overflow.
      let blocks = extent / length + (extent % length == 0 ? 0 : 1)
      guard count > 0, numbers.count == tensor.extents[..<axis].reduce(1, *) * blocks * inner else {
        throw problem(
          "has \(numbers.count) numbers as \(what); axis \(axis) of its input has \(extent) in blocks of \(length)"
        )
      }
      return SpreadNumbers(numbers: numbers, inner: inner, blocks: (min(length, extent), extent))
    }
    guard numbers.count == tensor.extents[axis], count > 0 else {
      throw problem(
        "has \(numbers.count) numbers as \(what); axis \(axis) of its input has \(tensor.extents[axis])")
    }
    let inner = tensor.extents[(axis + 1)...].reduce(1, *)
    return SpreadNumbers(numbers: numbers, inner: inner)
  }

  /// The width and the quantized values of QONNX's Quant.
  fileprivate func quantizedRange(bits: FoldedTensor?) throws -> (BitWidth, ClosedRange<Float>) {
    guard let number = bits?.floats?.first, bits?.elements.count == 1, let count = Int(exactly: number),
      let width = BitWidth(count)
    else { throw problem("has a bit width that is not one number of 1 to 32") }
    let rounding = try text("rounding_mode") ?? "ROUND"
    guard ["ROUND", "HALF_EVEN"].contains(rounding.uppercased()) else {
      throw problem("has rounding_mode \(rounding); supported is ROUND")
    }
    let quantizedRange = try QuantizedRange.of(
      bits: count, isSigned: integer("signed", default: 1) != 0, isNarrow: integer("narrow", default: 0) != 0)
    return (width, quantizedRange)
  }
}

extension ONNXReader {
  fileprivate mutating func appendQuantizer(_ node: ONNXNode) throws {
    let scale = try scalar(node, 1, "scale")
    guard scale > 0, scale.isFinite else {
      throw node.problem("has the scale \(scale); a positive number is expected")
    }
    let zero = node.input(2) == nil ? nil : try constant(node, 2, "zero point")
    let type = zero?.type ?? .unsigned8
    let zeroPoint = try node.input(2) == nil ? 0 : scalar(node, 2, "zero point")
    if let floats = type.floats8 {
      try node.requireFloatZeros([zeroPoint])
      guard try node.integer("saturate", default: 1) == 1 else {
        throw node.problem("makes infinities of numbers beyond \(floats), which is not supported")
      }
      values[node.output] = .quantized(
        QuantizedActivation(
          value: try operand(node, 0), scale: scale, zeroPoint: 0,
          quantizedRange: -floats.largestFinite...floats.largestFinite, floats: floats))
      return
    }
    guard let quantizedRange = type.quantizedRange else {
      throw node.problem("gives \(type), which is not supported")
    }
    values[node.output] = .quantized(
      QuantizedActivation(
        value: try operand(node, 0), scale: scale, zeroPoint: zeroPoint, quantizedRange: quantizedRange))
  }

  fileprivate mutating func appendDequantizer(_ node: ONNXNode) throws {
    guard let name = node.input(0), case .quantized(let activation) = values[name] else {
      throw node.problem("does not read the quantized values of a QuantizeLinear or of a constant")
    }
    // One for each channel, all of them equal, is how layers of floats read what others read in integers.
    let zeroPoint = try node.input(2) == nil ? 0 : equalNumbers(node, 2, "zero point")
    guard try equalNumbers(node, 1, "scale") == activation.scale, zeroPoint == activation.zeroPoint else {
      throw node.problem("has another scale or zero point than its QuantizeLinear, which is not supported")
    }
    if let floats = activation.floats {
      try add(
        node, .fakeQuantize(FakeQuantization(floats, scale: activation.scale)), on: [activation.value],
        writing: node.output)
      return
    }
    guard let width = QuantizedRange.width(of: activation.quantizedRange) else {
      throw node.problem("has quantized values of more than 32 bits")
    }
    let quantizer = FakeQuantization(
      scale: activation.scale, zeroPoint: activation.zeroPoint, quantizedRange: activation.quantizedRange,
      width: width)
    try add(node, .fakeQuantize(quantizer), on: [activation.value], writing: node.output)
  }

  fileprivate mutating func appendQuant(_ node: ONNXNode) throws {
    let (width, quantizedRange) = try node.quantizedRange(bits: constant(node, 3, "bit width"))
    let quantizer = try FakeQuantization(
      scale: scalar(node, 1, "scale"), zeroPoint: scalar(node, 2, "zero point"),
      quantizedRange: quantizedRange, width: width)
    try add(node, .fakeQuantize(quantizer))
  }

  /// The width that the file's quantizers give a value, through operations that only move it.
  func givenWidth(of value: String) -> BitWidth? {
    var value = value
    while let index = producers[value] {
      let node = graph.nodes[index]
      switch node.operation {
      case .fakeQuantize(let quantizer): return quantizer.width
      case .flatten, .reshape, .transpose, .slice, .select, .expand: value = node.inputs[0]
      case .pool(let pooling) where pooling.kind == .maximum: value = node.inputs[0]
      default: return nil
      }
    }
    return nil
  }
}
