/// How numbers are stored and rounded: what a layer's weights or activations can be.
///
/// Formats have no order: `mxfp4` takes more bits than `int4` and `fp8-e4m3` as many as `int8`, and which of two is
/// cheaper or more accurate depends on the hardware and on the values.
public enum NumberFormat: Hashable, Sendable {
  /// Integers with a scale of their own for each tensor or channel.
  case integer(IntegerFormat)
  case floating(FloatingFormat)
  case microscaling(MicroscalingFormat)
  case nvfp4
  case integerGroups(IntegerGroupFormat)

  /// The format of one number, apart from the scales that it shares.
  public enum Element: Hashable, Sendable {
    case integer(IntegerFormat)
    case floating(FloatingFormat)

    public var bits: Int {
      switch self {
      case .integer(let format): format.bits
      case .floating(let format): format.bits
      }
    }
  }

  public var element: Element {
    switch self {
    case .integer(let format): .integer(format)
    case .floating(let format): .floating(format)
    case .microscaling(let format): .floating(format.element)
    case .nvfp4: .floating(NVFP4Quantizer.element)
    case .integerGroups(let format): .integer(format.integer)
    }
  }

  /// How many different codes a number has, its shared scales apart.
  public var codeCount: Int { 1 << element.bits }

  /// How many neighbouring values of a row share a scale; nil where none do, or all of a tensor or channel.
  public var blockLength: Int? {
    switch self {
    case .integer, .floating: nil
    case .microscaling: MicroscalingFormat.blockLength
    case .nvfp4: NVFP4Quantizer.blockLength
    case .integerGroups(let format): format.length.rawValue
    }
  }
}
