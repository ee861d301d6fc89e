public import Core
public import NumberFormats

/// How the quantizers of a graph are written as ONNX.
public struct QuantizerWriting: Sendable {
  /// The operators that a quantizer is made of.
  public enum Form: Sendable {
    /// `Quant` of the domain qonnx.custom_op.general, which has any width.
    case qonnx
    /// QuantizeLinear, Clip and DequantizeLinear, which every runtime has; quantized values are stored in 8 bits.
    case qcdq
    /// QuantizeLinear and DequantizeLinear alone, and biases as 32-bit integers, which runtimes fuse into integer operators.
    case qdq
    /// QuantizeLinear and DequantizeLinear alone, and biases as floats, as TensorRT reads them.
    case tensorrt
  }

  public var form: Form
  /// The quantizers of the weights of layers, by node name.
  public var weightQuantizers: [String: WeightQuantization]
  /// The formats of weights that are no integers with scales of their own, by node name; 32-bit floats have none.
  public var weightFormats: [String: WeightFormat]

  public init(
    _ form: Form = .qonnx, weightQuantizers: [String: WeightQuantization] = [:],
    weightFormats: [String: WeightFormat] = [:]
  ) {
    self.form = form
    self.weightQuantizers = weightQuantizers
    self.weightFormats = weightFormats
  }
}

/// How weights are stored that are no integers with scales of their own.
public enum WeightFormat: Hashable, Sendable {
  case float16
  case bfloat16
  /// 8-bit floats, with one scale or one for each output channel.
  case scaled(FloatingFormat, scales: [Float])
  /// Integers, with a scale for each group of the inputs of an output channel, output by output.
  case groups(IntegerGroupFormat, scales: [Float])
}

/// The numbers that the weights of a layer can have: (quantized value - zero point) * scale.
public struct WeightQuantization: Hashable, Sendable {
  /// One, or one for each output channel.
  public var scales: [Float]
  public var zeroPoint: Float
  public var quantizedRange: ClosedRange<Float>
  public var width: BitWidth

  /// What 32-bit integers hold and floats count: the greatest float below 2^31.
  static let biasRange: ClosedRange<Float> =
    Float(Int32.min)...Float(sign: .plus, exponent: 31, significand: 1).nextDown

  public init(scales: [Float], zeroPoint: Float, quantizedRange: ClosedRange<Float>, width: BitWidth) {
    self.scales = scales
    self.zeroPoint = zeroPoint
    self.quantizedRange = quantizedRange
    self.width = width
  }
}
