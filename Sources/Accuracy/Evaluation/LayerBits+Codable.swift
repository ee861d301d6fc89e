import Core

extension WireEvaluation.LayerBits: Codable {
  private enum CodingKeys: String, CodingKey {
    case layer
    case weightBits = "weight_bits"
    case activationBits = "activation_bits"
    case weightFormat = "weight_format"
    case activationFormat = "activation_format"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    layer = try container.decode(String.self, forKey: .layer)
    precision = Precision(
      weight: try Self.format(container, bits: .weightBits, name: .weightFormat),
      activation: try Self.format(container, bits: .activationBits, name: .activationFormat))
  }

  /// A layer has bits or a format, as in policies.
  private static func format(
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
    guard let format = BitWidth(formatName: text) else {
      throw DecodingError.dataCorruptedError(
        forKey: name, in: container, debugDescription: "\"\(text.prefix(40))\" is no number format")
    }
    return format
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(layer, forKey: .layer)
    for (format, bits, name) in [
      (precision.weight, CodingKeys.weightBits, CodingKeys.weightFormat),
      (precision.activation, .activationBits, .activationFormat),
    ] {
      if format.isNumberOfBits {
        try container.encode(format, forKey: bits)
      } else {
        try container.encode(format.formatName, forKey: name)
      }
    }
  }
}

extension EvaluatorDescription.FormatName: Codable {
  public init(from decoder: any Decoder) throws {
    name = try decoder.singleValueContainer().decode(String.self)
    format = BitWidth(formatName: name)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}
