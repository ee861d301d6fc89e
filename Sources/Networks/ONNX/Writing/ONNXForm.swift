/// How an operation is written in ONNX.
struct ONNXForm {
  enum Attribute {
    case integer(Int)
    case integers([Int])
    case float(Float)
    case text(String)
  }

  /// A constant that the node reads beside its values.
  struct Parameter {
    enum Content {
      case floats([Float])
      case integers([Int])
      /// Whole numbers of a small type.
      case smallIntegers([Float], ONNXElementType)
      /// 16-bit floats, which have a type in files, as numbers of it.
      case halves([Float], ONNXElementType)
      /// 8-bit floats or 4-bit integers, as codes.
      case codes([UInt8], ONNXElementType)
      /// Weights in a format without a quantizer of their own; the axis is that of the output channels.
      case formatted([Float], WeightFormat, axis: Int)
      /// Quantized numbers with one scale, or one for each index of an axis.
      case quantized([Float], WeightQuantization, axis: Int)
    }

    var name: String
    var extents: [Int]
    var content: Content
    /// What moves quantized numbers to where the operator reads them.
    var movements: [ONNXForm] = []

    static func floats(_ name: String, _ extents: [Int], _ values: [Float]) -> Parameter {
      Parameter(name: name, extents: extents, content: .floats(values))
    }

    static func number(_ name: String, _ value: Float) -> Parameter { floats(name, [], [value]) }

    static func smallIntegers(_ name: String, _ extents: [Int], _ values: [Float], _ type: ONNXElementType)
      -> Parameter
    {
      Parameter(name: name, extents: extents, content: .smallIntegers(values, type))
    }

    static func integers(_ name: String, _ values: [Int]) -> Parameter {
      Parameter(name: name, extents: [values.count], content: .integers(values))
    }
  }

  var kind: String
  var attributes: [(String, Attribute)] = []
  /// After the values; nil leaves an input out.
  var parameters: [Parameter?] = []
  /// The oldest operator set that has the form.
  var opset = 13

  init(
    _ kind: String, _ attributes: [(String, Attribute)] = [], parameters: [Parameter?] = [], opset: Int = 13
  ) {
    self.kind = kind
    self.attributes = attributes
    self.parameters = parameters
    self.opset = opset
  }
}
