/// How a bare C function is called for one point, and what its number means; `docs/spec.md` section 5.3.
public struct FunctionSignature: Hashable, Sendable, Codable {
  public var symbol: String
  public var result: Result
  public var arguments: [Argument]
  /// The function's number times this is the cost in its SI unit.
  public var scale: Double

  /// Most arguments of one function.
  public static let largestArgumentCount = 32

  /// Where the cost comes out.
  public enum Result: Hashable, Sendable, Codable {
    case returned(ForeignType)
    /// Through the argument `Argument.out`; an integer return value other than 0 is then a failure.
    case written(status: ForeignType?)
  }

  /// One argument, from left to right.
  public enum Argument: Hashable, Sendable, Codable {
    case layer(ForeignType, LayerField)
    case point(ForeignType, PointField)
    case parameter(ForeignType, key: String)
    case constant(ForeignType, Double)
    /// A pointer to a `double` that the function writes the cost to.
    case out
  }

  /// What a function can receive about a layer; names and units as in `haq_plugin.h`.
  public enum LayerField: String, Hashable, Sendable, Codable, CaseIterable {
    case index, kind, batch, groups
    case inputChannels = "in_channels"
    case outputChannels = "out_channels"
    case inputHeight = "in_height"
    case inputWidth = "in_width"
    case outputHeight = "out_height"
    case outputWidth = "out_width"
    case kernelHeight = "kernel_height"
    case kernelWidth = "kernel_width"
    case strideHeight = "stride_height"
    case strideWidth = "stride_width"
    case dilationHeight = "dilation_height"
    case dilationWidth = "dilation_width"
    case paddingTop = "padding_top"
    case paddingLeft = "padding_left"
    case paddingBottom = "padding_bottom"
    case paddingRight = "padding_right"
    /// Multiply-accumulates of the whole batch.
    case macs
  }

  /// What a function can receive about a precision: bits of an element, and the codes of `haq_plugin.h` for formats.
  public enum PointField: String, Hashable, Sendable, Codable, CaseIterable {
    case weightBits = "weight_bits"
    case activationBits = "activation_bits"
    /// Of the layer's output as it is stored; those of its input where that is not stated.
    case outputBits = "output_bits"
    case weightFormat = "weight_format"
    case activationFormat = "activation_format"
    case outputFormat = "output_format"
  }

  /// Whether the cost depends on the width at which a layer's output is stored.
  public var usesOutputWidths: Bool { pointFields.contains(.outputBits) }

  /// Whether the function is given the format of everything whose bits it is given, so that it can tell 16-bit integers
  /// from `bf16`.
  public var usesFormats: Bool {
    let fields = pointFields
    let pairs: [(PointField, PointField)] = [
      (.weightBits, .weightFormat), (.activationBits, .activationFormat), (.outputBits, .outputFormat),
    ]
    return pairs.allSatisfy { bits, format in !fields.contains(bits) || fields.contains(format) }
  }

  private var pointFields: Set<PointField> {
    Set(arguments.compactMap { if case .point(_, let field) = $0 { field } else { nil } })
  }

  public init(symbol: String, result: Result, arguments: [Argument], scale: Double) {
    self.symbol = symbol
    self.result = result
    self.arguments = arguments
    self.scale = scale
  }
}
