/// A number of bits, 1 to 32; no other value can be written, so none needs checking later.
public struct BitWidth: Hashable, Sendable {
  /// The width in bits, always within `BitWidth.range`.
  public let bits: Int

  /// Every width that exists.
  public static let range = 1...32

  /// Returns nil when `bits` is outside `BitWidth.range`.
  public init?(_ bits: Int) {
    guard Self.range.contains(bits) else { return nil }
    self.bits = bits
  }

  private init(known bits: Int) { self.bits = bits }

  /// The width that uniform baselines and the first and last layer use.
  public static let eight = BitWidth(known: 8)

  /// That of 32-bit floats: what is not quantized.
  public static let float = BitWidth(known: 32)

  /// The widths `lowest...highest`, ascending.
  public static func all(from lowest: BitWidth, through highest: BitWidth) -> [BitWidth] {
    guard lowest <= highest else { return [] }
    return (lowest.bits...highest.bits).map(BitWidth.init(known:))
  }
}

extension BitWidth: Comparable {
  public static func < (left: BitWidth, right: BitWidth) -> Bool { left.bits < right.bits }
}

extension BitWidth: CustomStringConvertible {
  public var description: String { String(bits) }
}

extension BitWidth: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let bits = try container.decode(Int.self)
    guard let width = BitWidth(bits) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(bits) is not a bit width; allowed are 1 to 32")
    }
    self = width
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(bits)
  }
}

extension [BitWidth] {
  /// `1-8 bit` for neighbours, `2, 4, 8 bit` otherwise.
  public var rangeText: String {
    guard let first, let last, count > 2, self == BitWidth.all(from: first, through: last)
    else { return map(\.description).joined(separator: ", ") + " bit" }
    return "\(first)-\(last) bit"
  }
}
