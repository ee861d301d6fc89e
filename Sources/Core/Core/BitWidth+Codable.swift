/// A number of bits for integers and 32-bit floats, and a name such as `"bf16"` for the others, as studies keep cost tables.
///
/// Documents have keys for both instead, by `FormatKeys`.
extension BitWidth: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let name = try? container.decode(String.self) {
      guard let width = BitWidth(formatName: name) else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "\"\(name.prefix(60))\" is not a number format")
      }
      self = width
      return
    }
    let bits = try container.decode(Int.self)
    guard let width = BitWidth(bits) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(bits) is not a bit width; allowed are 1 to 32")
    }
    self = width
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    let places = encoder.userInfo[FormatKeys.Places.key] as? FormatKeys.Places
    if !isNumberOfBits { places?.note(encoder.codingPath) }
    if isNumberOfBits, places?.isOfNames(encoder.codingPath) != true {
      try container.encode(bits)
    } else {
      try container.encode(formatName)
    }
  }
}
