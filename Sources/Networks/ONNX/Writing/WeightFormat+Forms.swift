import Core
import Networks
import NumberFormats

extension WeightFormat {
  /// What is stored of weights, and the operators that make the numbers of it.
  ///
  /// Groups lie along rows of all that belongs to an output channel, whose axis is the first.
  ///
  /// - Precondition: the weights are numbers of the format; of 8-bit floats and groups, times their scales.
  func forms(
    of values: [Float], _ parameter: ONNXForm.Parameter, axis: Int
  ) -> (stored: ONNXForm.Parameter, forms: [ONNXForm]) {
    var stored = parameter
    switch self {
    case .float16:
      stored.content = .halves(values, .float16)
      return (stored, [.castToFloat])
    case .bfloat16:
      stored.content = .halves(values, .bfloat16)
      return (stored, [.castToFloat])
    case .scaled(let format, let scales):
      let inner = parameter.extents[(axis + 1)...].reduce(1, *)
      let codes = values.indices.map { index in
        let scale = scales[scales.count == 1 ? 0 : index / inner % scales.count]
        return UInt8(truncatingIfNeeded: format.encode(values[index] / scale, overflow: .saturating))
      }
      stored.content = .codes(codes, .floats8(format))
      let isOneScale = scales.count == 1
      return (
        stored,
        [
          ONNXForm(
            "DequantizeLinear", isOneScale ? [] : [("axis", .integer(axis))],
            parameters: [.floats("scale", isOneScale ? [] : [scales.count], scales)], opset: 19)
        ]
      )
    case .groups(let format, let scales): return groups(values, parameter, format, scales)
    }
  }

  private func groups(
    _ values: [Float], _ parameter: ONNXForm.Parameter, _ format: IntegerGroupFormat, _ scales: [Float]
  ) -> (stored: ONNXForm.Parameter, forms: [ONNXForm]) {
    let (rows, length) = (parameter.extents[0], format.length.rawValue)
    let rowLength = values.count / rows
    let groups = scales.count / rows
    let integers = values.indices.map { index in
      (values[index] / scales[index / rowLength * groups + index % rowLength / length])
        .rounded(.toNearestOrEven)
    }
    let stored =
      format.integer.bits <= 4
      ? ONNXForm.Parameter(
        name: parameter.name, extents: [rows, rowLength],
        content: .codes(integers.packedInHalfBytes, .signed4))
      : .smallIntegers(parameter.name, [rows, rowLength], integers, .signed8)
    // One group to a row is a scale for each output channel, which more runtimes have.
    let dequantize =
      groups == 1
      ? ONNXForm(
        "DequantizeLinear", [("axis", .integer(0))], parameters: [.floats("scale", [rows], scales)],
        opset: 21)
      : ONNXForm(
        "DequantizeLinear", [("axis", .integer(1)), ("block_size", .integer(length))],
        parameters: [.floats("scale", [rows, groups], scales)], opset: 21)
    let shape = ONNXForm("Reshape", parameters: [.integers("extents", parameter.extents)])
    return (stored, [dequantize] + (parameter.extents == [rows, rowLength] ? [] : [shape]))
  }
}

extension [Float] {
  /// Two to a byte, the first in the lower half.
  fileprivate var packedInHalfBytes: [UInt8] {
    stride(from: 0, to: count, by: 2).map { index in
      let low = UInt8(truncatingIfNeeded: Int(self[index])) & 0x0F
      let high = index + 1 < count ? UInt8(truncatingIfNeeded: Int(self[index + 1])) & 0x0F : 0
      return low | high << 4
    }
  }
}

extension ONNXForm {
  fileprivate static var castToFloat: ONNXForm { cast(to: .float32) }

  static func cast(to type: ONNXElementType) -> ONNXForm {
    ONNXForm("Cast", [("to", .integer(Int(type.rawValue)))])
  }
}

extension ONNXElementType {
  /// - Precondition: the format has 8 bits.
  static func floats8(_ format: FloatingFormat) -> ONNXElementType {
    format == .float8E5M2 ? .float8E5M2 : .float8E4M3
  }
}
