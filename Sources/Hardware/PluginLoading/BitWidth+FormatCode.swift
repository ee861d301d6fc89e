internal import CHAQPlugin
package import Core
internal import NumberFormats

/// The codes by which `haq_point` names formats (docs/abi.md, H-42).
extension BitWidth {
  /// HAQ_FORMAT_...: 0 for integers and 32-bit floats, which their bits tell.
  package var formatCode: UInt8 {
    guard !isNumberOfBits, let format else { return Self.plain }
    return Self.codes[format] ?? Self.integerGroupCode(of: format) ?? Self.plain
  }

  /// The format of a code whose elements have `bits` bits; nil where there is none.
  package init?(bits: Int, formatCode: UInt8) {
    guard let width = BitWidth(bits) else { return nil }
    if formatCode == Self.plain {
      self = width
      return
    }
    let found = Self.formats[formatCode] ?? Self.integerGroup(formatCode, bits: bits)
    guard let found, found.element.bits == bits else { return nil }
    self.init(format: found)
  }

  private static let plain = UInt8(HAQ_FORMAT_PLAIN)

  /// Every format whose code tells its bits.
  private static let formats: [UInt8: NumberFormat] = [
    UInt8(HAQ_FORMAT_FP16): .floating(.float16), UInt8(HAQ_FORMAT_BF16): .floating(.bfloat16),
    UInt8(HAQ_FORMAT_FP8_E4M3): .floating(.float8E4M3), UInt8(HAQ_FORMAT_FP8_E5M2): .floating(.float8E5M2),
    UInt8(HAQ_FORMAT_FP6_E2M3): .floating(.float6E2M3), UInt8(HAQ_FORMAT_FP6_E3M2): .floating(.float6E3M2),
    UInt8(HAQ_FORMAT_FP4_E2M1): .floating(.float4E2M1),
    UInt8(HAQ_FORMAT_MXFP8_E4M3): .microscaling(.float8E4M3),
    UInt8(HAQ_FORMAT_MXFP8_E5M2): .microscaling(.float8E5M2),
    UInt8(HAQ_FORMAT_MXFP6_E2M3): .microscaling(.float6E2M3),
    UInt8(HAQ_FORMAT_MXFP6_E3M2): .microscaling(.float6E3M2),
    UInt8(HAQ_FORMAT_MXFP4): .microscaling(.float4E2M1), UInt8(HAQ_FORMAT_NVFP4): .nvfp4,
  ]

  private static let codes = Dictionary(uniqueKeysWithValues: formats.map { ($0.value, $0.key) })

  private static let groupCodes: [(UInt8, IntegerGroupFormat.Length)] = [
    (UInt8(HAQ_FORMAT_INTEGER_G32), .inputs32), (UInt8(HAQ_FORMAT_INTEGER_G64), .inputs64),
    (UInt8(HAQ_FORMAT_INTEGER_G128), .inputs128),
  ]

  private static func integerGroupCode(of format: NumberFormat) -> UInt8? {
    guard case .integerGroups(let groups) = format else { return nil }
    return groupCodes.first { $0.1 == groups.length }?.0
  }

  private static func integerGroup(_ code: UInt8, bits: Int) -> NumberFormat? {
    guard let length = groupCodes.first(where: { $0.0 == code })?.1,
      let integer = IntegerFormat(bits: bits), let format = IntegerGroupFormat(integer, length: length)
    else { return nil }
    return .integerGroups(format)
  }
}
