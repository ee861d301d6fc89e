import Core

extension TensorEncoding: Codable {
  private enum CodingKeys: String, CodingKey {
    case format
    case scales
  }

  /// An object with a `format`, or a `QuantizerEncoding`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    guard let name = try container.decodeIfPresent(String.self, forKey: .format) else {
      self = .integers(try QuantizerEncoding(from: decoder))
      return
    }
    let scales = try container.decodeIfPresent([Float].self, forKey: .scales) ?? []
    guard let format = BitWidth(formatName: name),
      let encoding = FormatEncoding(format: format, scales: scales)
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .format, in: container,
        debugDescription: "\"\(name.prefix(40))\" is no format other than integers, which have bits")
    }
    self = .other(encoding)
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .integers(let quantizer): try quantizer.encode(to: encoder)
    case .other(let encoding):
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(encoding.format.formatName, forKey: .format)
      if !encoding.scales.isEmpty { try container.encode(encoding.scales, forKey: .scales) }
    }
  }
}
