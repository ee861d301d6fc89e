import Core
import Networks

extension FakeQuantization {
  func forms(as form: QuantizerWriting.Form) -> [ONNXForm] {
    switch form {
    case .qonnx: quantForms
    case .qcdq: qcdqForms
    }
  }

  /// QONNX's Quant; with a Clip behind it when some of the width's codes are left out.
  private var quantForms: [ONNXForm] {
    let quant = ONNXForm.quant(
      codes: codes, width: width, scale: .number("scale", scale), zeroPoint: zeroPoint)
    guard CodeRange.isQuantRange(codes, of: width) else {
      let limits = [codes.lowerBound, codes.upperBound].map { ($0 - zeroPoint) * scale }
      return [
        quant, ONNXForm("Clip", parameters: [.number("lowest", limits[0]), .number("highest", limits[1])]),
      ]
    }
    return [quant]
  }

  /// - Precondition: the codes fit 8 bits.
  private var qcdqForms: [ONNXForm] {
    let type = ONNXElementType.container(of: codes)
    let grid: [ONNXForm.Parameter] = [
      .number("scale", scale), .codes("zero_point", [], [zeroPoint], type),
    ]
    return [ONNXForm("QuantizeLinear", parameters: grid)] + ONNXForm.clips(to: codes, in: type)
      + [ONNXForm("DequantizeLinear", parameters: grid)]
  }
}

extension WeightGrid {
  /// What is stored of numbers on the grid, and the operators that make those numbers of it.
  ///
  /// - Precondition: the codes are a range that Quant has; for QCDQ they fit 8 bits.
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
        [.quant(codes: codes, width: width, scale: scale, zeroPoint: zeroPoint)]
      )
    case .qcdq:
      let type = ONNXElementType.container(of: codes)
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
          .codes("zero_point", extents, [Float](repeating: zeroPoint, count: scales.count), type),
        ])
      // What is stored needs no clipping; a Clip tells that fewer bits than the container's would do.
      let clips = width == .eight ? [] : ONNXForm.clips(to: codes, in: type)
      return (.codes(parameter.name, parameter.extents, stored, type), clips + [dequantize])
    }
  }
}

extension ONNXForm {
  /// Quant as numpy computes it: ties to even, which is what "ROUND" means.
  fileprivate static func quant(
    codes: ClosedRange<Float>, width: BitWidth, scale: Parameter, zeroPoint: Float
  ) -> ONNXForm {
    let isSigned = codes.lowerBound < 0
    let isNarrow = codes != CodeRange.codes(bits: width.bits, isSigned: isSigned, isNarrow: false)
    return ONNXForm(
      "Quant",
      [
        ("narrow", .integer(isNarrow ? 1 : 0)), ("rounding_mode", .text("ROUND")),
        ("signed", .integer(isSigned ? 1 : 0)),
      ],
      parameters: [scale, .number("zero_point", zeroPoint), .number("bits", Float(width.bits))])
  }

  /// The Clip that leaves only some codes of a type; none when it leaves all.
  fileprivate static func clips(to codes: ClosedRange<Float>, in type: ONNXElementType) -> [ONNXForm] {
    guard codes != type.codes else { return [] }
    return [
      ONNXForm(
        "Clip",
        parameters: [
          .codes("lowest", [], [codes.lowerBound], type), .codes("highest", [], [codes.upperBound], type),
        ])
    ]
  }
}

extension ONNXElementType {
  /// The type of 8 bits that has the codes.
  fileprivate static func container(of codes: ClosedRange<Float>) -> ONNXElementType {
    codes.lowerBound < 0 ? .signed8 : .unsigned8
  }
}

extension CodeRange {
  /// Whether Quant has exactly these codes: all of the width, or all but the extreme that "narrow" leaves out.
  static func isQuantRange(_ codes: ClosedRange<Float>, of width: BitWidth) -> Bool {
    let isSigned = codes.lowerBound < 0
    return [false, true].contains {
      codes == Self.codes(bits: width.bits, isSigned: isSigned, isNarrow: $0)
    }
  }
}
