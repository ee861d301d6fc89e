import Core

/// The name of the layer, and the keys of its pair.
extension WireEvaluation.LayerBits: Codable {
  private enum CodingKeys: String, CodingKey {
    case layer
  }

  public init(from decoder: any Decoder) throws {
    layer = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .layer)
    precision = try PrecisionKeys(from: decoder).precision
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(layer, forKey: .layer)
    try PrecisionKeys(precision).encode(to: encoder)
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
