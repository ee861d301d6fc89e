public import NumberFormats

/// What the numbers of a layer's weights or activations are: integers of 1 to 31 bits, or another format.
///
/// Integers and 32-bit floats are written as their bits, 1 to 32; the others by name. No other value can be written, so
/// none needs checking later.
public struct BitWidth: Hashable, Sendable {
  /// Bits of one number without the scales that it shares, always within `BitWidth.range`.
  public let bits: Int
  /// Nil for integers and 32-bit floats, which their bits tell.
  private let named: NumberFormat?

  /// Every width that exists.
  public static let range = 1...32

  /// Returns nil when `bits` is outside `BitWidth.range`.
  public init?(_ bits: Int) {
    guard Self.range.contains(bits) else { return nil }
    self.init(known: bits)
  }

  public init(format: NumberFormat) {
    switch format {
    case .integer, .floating(.float32): self.init(known: format.element.bits)
    case .floating, .microscaling, .nvfp4, .integerGroups:
      self.init(known: format.element.bits, named: format)
    }
  }

  private init(known bits: Int, named: NumberFormat? = nil) {
    self.bits = bits
    self.named = named
  }

  /// Nil for 17 to 31 bits, which cost models may have and no quantizer has.
  public var format: NumberFormat? {
    if let named { return named }
    return self == .float ? .floating(.float32) : IntegerFormat(bits: bits).map(NumberFormat.integer)
  }

  /// The name of the format: `int8` and `fp32` too.
  public var formatName: String { format?.description ?? "int\(bits)" }

  /// Reads `formatName`; nil where there is no such format.
  public init?(formatName name: String) {
    if let format = try? NumberFormat(name) {
      self.init(format: format)
      return
    }
    // Wider than formats are, and narrower than floats.
    guard let bits = name.wholeMatch(of: /int(\d\d)/).flatMap({ Int($0.1) }), bits < Self.float.bits,
      let width = BitWidth(bits), width.format == nil
    else { return nil }
    self = width
  }

  /// Whether `bits` tell all: integers, and 32-bit floats.
  public var isNumberOfBits: Bool { named == nil }

  /// The width that uniform baselines and the first and last layer use.
  public static let eight = BitWidth(known: 8)

  /// That of 32-bit floats: what is not quantized.
  public static let float = BitWidth(known: 32)

  /// The integers of `lowest...highest` bits, ascending; 32 are floats.
  public static func all(from lowest: BitWidth, through highest: BitWidth) -> [BitWidth] {
    guard lowest.bits <= highest.bits else { return [] }
    return (lowest.bits...highest.bits).map { BitWidth(known: $0) }
  }
}

extension BitWidth: CustomStringConvertible {
  /// `8`, or a name such as `bf16`.
  public var description: String { named?.description ?? String(bits) }
}

extension [BitWidth] {
  /// `1-8 bit` for neighbours, `2, 4, 8 bit` otherwise, and names behind: `4, 8 bit, bf16`.
  public var rangeText: String {
    let widths = filter(\.isNumberOfBits)
    let names = filter { !$0.isNumberOfBits }.map(\.description)
    let first = widths.isEmpty ? [] : [widths.rangeOfBits]
    return (first + names).joined(separator: ", ")
  }

  private var rangeOfBits: String {
    guard let first, let last, count > 2, self == BitWidth.all(from: first, through: last)
    else { return map(\.description).joined(separator: ", ") + " bit" }
    return "\(first)-\(last) bit"
  }
}
