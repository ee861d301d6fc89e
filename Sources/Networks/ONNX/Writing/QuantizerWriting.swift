public import Core

/// How the quantizers of a graph are written as ONNX.
public struct QuantizerWriting: Sendable {
  /// The operators that a quantizer is made of.
  public enum Form: Sendable {
    /// `Quant` of the domain qonnx.custom_op.general, which has any width.
    case qonnx
    /// QuantizeLinear, Clip and DequantizeLinear, which every runtime has; codes are stored in 8 bits.
    case qcdq
  }

  public var form: Form
  /// The grids that the weights of layers lie on, by node name.
  public var weightGrids: [String: WeightGrid]

  public init(_ form: Form = .qonnx, weightGrids: [String: WeightGrid] = [:]) {
    self.form = form
    self.weightGrids = weightGrids
  }
}

/// The numbers that the weights of a layer can have: (code - zero point) * scale.
public struct WeightGrid: Hashable, Sendable {
  /// One, or one for each output channel.
  public var scales: [Float]
  public var zeroPoint: Float
  public var codes: ClosedRange<Float>
  public var width: BitWidth

  public init(scales: [Float], zeroPoint: Float, codes: ClosedRange<Float>, width: BitWidth) {
    self.scales = scales
    self.zeroPoint = zeroPoint
    self.codes = codes
    self.width = width
  }
}
