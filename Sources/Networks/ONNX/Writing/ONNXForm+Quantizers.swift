import Core
import Networks
import NumberFormats

extension FakeQuantization {
  func forms(as form: QuantizerWriting.Form) -> [ONNXForm] {
    if let floats { return roundingForms(floats) }
    return switch form {
    case .qonnx: quantForms
    case .qcdq: linearForms(clipped: true)
    case .qdq, .tensorrt: linearForms(clipped: false)
    }
  }

  /// A cast there and back, or a quantizer to 8-bit floats.
  private func roundingForms(_ floats: FloatingFormat) -> [ONNXForm] {
    switch floats {
    case .float16: return [.cast(to: .float16), .cast(to: .float32)]
    case .bfloat16: return [.cast(to: .bfloat16), .cast(to: .float32)]
    default:
      let parameters: [ONNXForm.Parameter] = [
        .number("scale", scale),
        .init(name: "zero_point", extents: [], content: .codes([0], .floats8(floats))),
      ]
      return [
        ONNXForm("QuantizeLinear", parameters: parameters, opset: 19),
        ONNXForm("DequantizeLinear", parameters: parameters, opset: 19),
      ]
    }
  }

  /// QONNX's Quant; with a Clip behind it when some of the width's quantized values are left out.
  private var quantForms: [ONNXForm] {
    let quant = ONNXForm.quant(
      quantizedRange: quantizedRange, width: width, scale: .number("scale", scale), zeroPoint: zeroPoint)
    guard QuantizedRange.isQuantRange(quantizedRange, of: width) else {
      let limits = [quantizedRange.lowerBound, quantizedRange.upperBound].map { ($0 - zeroPoint) * scale }
      return [
        quant, ONNXForm("Clip", parameters: [.number("lowest", limits[0]), .number("highest", limits[1])]),
      ]
    }
    return [quant]
  }

  /// - Precondition: the quantized values fit 8 bits, or 16 where nothing is to clip.
  private func linearForms(clipped: Bool) -> [ONNXForm] {
    let type = ONNXElementType.container(of: quantizedRange)
    let scaleAndZero: [ONNXForm.Parameter] = [
      .number("scale", scale), .smallIntegers("zero_point", [], [zeroPoint], type),
    ]
    let opset = type.bits == 16 ? 21 : 13
    return [ONNXForm("QuantizeLinear", parameters: scaleAndZero, opset: opset)]
      + (clipped ? ONNXForm.clips(to: quantizedRange, in: type) : [])
      + [ONNXForm("DequantizeLinear", parameters: scaleAndZero, opset: opset)]
  }
}

extension WeightQuantization {
  /// What is stored of quantized numbers, and the operators that make the numbers of it.
  ///
  /// - Precondition: the quantized values are a range that Quant has; for the other forms they fit 8 bits, or are a bias's of 32.
  func forms(
    of values: [Float], _ parameter: ONNXForm.Parameter, axis: Int, as form: QuantizerWriting.Form
  ) -> (stored: ONNXForm.Parameter, forms: [ONNXForm]) {
    let isOneScale = scales.count == 1
    switch form {
    case .qonnx:
      var extents = [Int](repeating: 1, count: parameter.extents.count)
      extents[axis] = scales.count
      let scale = ONNXForm.Parameter.floats("scale", isOneScale ? [] : extents, scales)
      return (
        .floats(parameter.name, parameter.extents, values),
        [.quant(quantizedRange: quantizedRange, width: width, scale: scale, zeroPoint: zeroPoint)]
      )
    case .qcdq, .qdq, .tensorrt:
      let type = ONNXElementType.container(of: quantizedRange)
      let inner = parameter.extents[(axis + 1)...].reduce(1, *)
      let stored = values.indices.map { index in
        let scale = isOneScale ? scales[0] : scales[index / inner % scales.count]
        return (values[index] / scale).rounded(.toNearestOrEven) + zeroPoint
      }
      let extents = isOneScale ? [] : [scales.count]
      let dequantize = ONNXForm(
        "DequantizeLinear", isOneScale ? [] : [("axis", .integer(axis))],
        parameters: [
          .floats("scale", extents, scales),
          // 32-bit integers have no zero point in ONNX.
          type == .signed32
            ? nil
            : .smallIntegers("zero_point", extents, [Float](repeating: zeroPoint, count: scales.count), type),
        ])
      // What is stored needs no clipping; a Clip tells that fewer bits than the container's would do.
      let clips = width >= .eight || form != .qcdq ? [] : ONNXForm.clips(to: quantizedRange, in: type)
      return (.smallIntegers(parameter.name, parameter.extents, stored, type), clips + [dequantize])
    }
  }
}

extension ONNXForm {
  /// Quant as numpy computes it: ties to even, which is what "ROUND" means.
  fileprivate static func quant(
    quantizedRange: ClosedRange<Float>, width: BitWidth, scale: Parameter, zeroPoint: Float
  ) -> ONNXForm {
    let isSigned = quantizedRange.lowerBound < 0
    let isNarrow = quantizedRange != QuantizedRange.of(bits: width.bits, isSigned: isSigned, isNarrow: false)
    return ONNXForm(
      "Quant",
      [
        ("narrow", .integer(isNarrow ? 1 : 0)), ("rounding_mode", .text("ROUND")),
        ("signed", .integer(isSigned ? 1 : 0)),
      ],
      parameters: [scale, .number("zero_point", zeroPoint), .number("bits", Float(width.bits))])
  }

  /// The Clip that leaves only some values of a type; none when it leaves all.
  fileprivate static func clips(to quantizedRange: ClosedRange<Float>, in type: ONNXElementType) -> [ONNXForm]
  {
    guard quantizedRange != type.quantizedRange else { return [] }
    return [
      ONNXForm(
        "Clip",
        parameters: [
          .smallIntegers("lowest", [], [quantizedRange.lowerBound], type),
          .smallIntegers("highest", [], [quantizedRange.upperBound], type),
        ])
    ]
  }
}

extension ONNXElementType {
  /// The smallest type that has the quantized values, of those that runtimes compute with.
  fileprivate static func container(of quantizedRange: ClosedRange<Float>) -> ONNXElementType {
    if quantizedRange.upperBound > 65_535 { return .signed32 }
    if quantizedRange.upperBound > 255 { return quantizedRange.lowerBound < 0 ? .signed16 : .unsigned16 }
    return quantizedRange.lowerBound < 0 ? .signed8 : .unsigned8
  }
}

extension QuantizedRange {
  /// Whether Quant has exactly these quantized values: all of the width, or all but the extreme that "narrow" leaves out.
  static func isQuantRange(_ quantizedRange: ClosedRange<Float>, of width: BitWidth) -> Bool {
    let isSigned = quantizedRange.lowerBound < 0
    return [false, true].contains {
      quantizedRange == Self.of(bits: width.bits, isSigned: isSigned, isNarrow: $0)
    }
  }
}
