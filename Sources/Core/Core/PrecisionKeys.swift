/// A pair in a message, beside other keys of the same object: `weight_bits` and `activation_bits` for integers and 32-bit
/// floats, `weight_format` and `activation_format` in their place for other formats.
public struct PrecisionKeys: Hashable, Sendable {
  public var precision: Precision

  public init(_ precision: Precision) { self.precision = precision }
}

extension PrecisionKeys: Codable {
  private enum CodingKeys: String, CodingKey {
    case weightBits = "weight_bits"
    case activationBits = "activation_bits"
    case weightFormat = "weight_format"
    case activationFormat = "activation_format"
  }

  /// Throws `DecodingError`, also where an operand has both keys.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    precision = Precision(
      weight: try Self.width(container, bits: .weightBits, name: .weightFormat),
      activation: try Self.width(container, bits: .activationBits, name: .activationFormat))
  }

  private static func width(
    _ container: KeyedDecodingContainer<CodingKeys>, bits: CodingKeys, name: CodingKeys
  ) throws -> BitWidth {
    guard let text = try container.decodeIfPresent(String.self, forKey: name) else {
      return try container.decode(BitWidth.self, forKey: bits)
    }
    guard try container.decodeIfPresent(BitWidth.self, forKey: bits) == nil else {
      throw DecodingError.dataCorruptedError(
        forKey: name, in: container,
        debugDescription: "\(bits.rawValue) and \(name.rawValue) exclude each other")
    }
    guard let width = BitWidth(formatName: text) else {
      throw DecodingError.dataCorruptedError(
        forKey: name, in: container,
        debugDescription: "\"\(text.visibleLine.prefix(40))\" is no number format")
    }
    return width
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    for (width, bits, name) in [
      (precision.weight, CodingKeys.weightBits, CodingKeys.weightFormat),
      (precision.activation, .activationBits, .activationFormat),
    ] {
      if width.isNumberOfBits {
        try container.encode(width, forKey: bits)
      } else {
        try container.encode(width.formatName, forKey: name)
      }
    }
  }
}
