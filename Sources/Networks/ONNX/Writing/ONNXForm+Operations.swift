import Core
import Foundation
import Networks

extension Activation {
  var forms: [ONNXForm] {
    switch self {
    case .sigmoid: [ONNXForm("Sigmoid")]
    case .hardSigmoid(let slope, let offset):
      [ONNXForm("HardSigmoid", [("alpha", .float(slope)), ("beta", .float(offset))])]
    case .hardSwish: [ONNXForm("HardSwish", opset: 14)]
    case .swish(let scale): [ONNXForm("Swish", [("alpha", .float(scale))], opset: 24)]
    case .leakyRelu(let slope): [ONNXForm("LeakyRelu", [("alpha", .float(slope))])]
    case .elu(let scale): [ONNXForm("Elu", [("alpha", .float(scale))])]
    case .gelu(let isApproximate):
      [ONNXForm("Gelu", [("approximate", .text(isApproximate ? "tanh" : "none"))], opset: 20)]
    case .erf: [ONNXForm("Erf")]
    case .tanh: [ONNXForm("Tanh")]
    case .softplus: [ONNXForm("Softplus")]
    case .exponential: [ONNXForm("Exp")]
    case .logarithm: [ONNXForm("Log")]
    case .squareRoot: [ONNXForm("Sqrt")]
    case .reciprocal: [ONNXForm("Reciprocal")]
    case .negate: [ONNXForm("Neg")]
    case .absolute: [ONNXForm("Abs")]
    case .floor: [ONNXForm("Floor")]
    case .ceil: [ONNXForm("Ceil")]
    case .round: [ONNXForm("Round")]
    case .sign: [ONNXForm("Sign")]
    case .sine: [ONNXForm("Sin")]
    case .cosine: [ONNXForm("Cos")]
    case .thresholdedRelu(let limit): [ONNXForm("ThresholdedRelu", [("alpha", .float(limit))])]
    }
  }
}

extension Arithmetic {
  var kind: String {
    switch self {
    case .subtract: "Sub"
    case .multiply: "Mul"
    case .divide: "Div"
    case .power: "Pow"
    case .minimum: "Min"
    case .maximum: "Max"
    }
  }
}

extension Pooling {
  var form: ONNXForm {
    var attributes: [(String, ONNXForm.Attribute)] = []
    // What is the default is left out: old runtimes do not know it.
    if window.roundsUp { attributes.append(("ceil_mode", .integer(1))) }
    if kind == .mean(countsPadding: true) { attributes.append(("count_include_pad", .integer(1))) }
    let isDilated = window.dilation.contains { $0 != 1 }
    if isDilated { attributes.append(("dilations", .integers(window.dilation))) }
    attributes += [
      ("kernel_shape", .integers(window.kernel)),
      ("pads", .integers(window.padding.before + window.padding.after)),
      ("strides", .integers(window.stride)),
    ]
    guard kind != .maximum else { return ONNXForm("MaxPool", attributes) }
    return ONNXForm("AveragePool", attributes, opset: isDilated ? 19 : 13)
  }
}

extension Reduction {
  var form: ONNXForm {
    let keeps = ("keepdims", ONNXForm.Attribute.integer(keepsAxes ? 1 : 0))
    let list = ONNXForm.Parameter.integers("axes", axes)
    switch kind {
    case .sum: return ONNXForm("ReduceSum", [keeps], parameters: [list])
    case .mean: return ONNXForm("ReduceMean", [keeps], parameters: [list], opset: 18)
    case .maximum: return ONNXForm("ReduceMax", [keeps], parameters: [list], opset: 18)
    case .minimum: return ONNXForm("ReduceMin", [keeps], parameters: [list], opset: 18)
    case .product: return ONNXForm("ReduceProd", [keeps], parameters: [list], opset: 18)
    }
  }
}

extension Padding {
  var form: ONNXForm {
    let pads = ONNXForm.Parameter.integers("pads", before + after)
    switch content {
    case .constant(let value): return ONNXForm("Pad", parameters: [pads, .number("value", value)])
    case .reflection: return ONNXForm("Pad", [("mode", .text("reflect"))], parameters: [pads])
    case .edge: return ONNXForm("Pad", [("mode", .text("edge"))], parameters: [pads])
    }
  }
}
